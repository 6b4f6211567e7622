package callback

import (
	"context"
	"errors"
	"sync"
)

// The limits for background calls: running at once, and waiting.
const (
	asideAtOnce  = 64
	asideWaiting = 10_000
)

// asides holds the background calls of a Caller.
type asides struct {
	mu      sync.Mutex
	waiting int           // including the running ones
	turn    chan struct{} // created with the first call
	idle    chan struct{} // closed when no call is left; nil while there is none
	closed  bool
	end     context.Context
	cancel  context.CancelFunc
}

// Aside calls f in the background. It is for messages whose sending must not
// influence the duration of an answer, which would reveal whether a message was
// sent. A webhook is called after Aside has returned, and even after ctx has
// ended; its arguments are copied now. A Go func and a built-in are called at
// once and have to do the same themselves. done is called once, with the outcome.
func (f Func[In, Out]) Aside(ctx context.Context, in In, done func(error)) {
	r := remoteOf(f)
	if r == nil || r.webhook == nil || r.caller == nil || r.caller.Wait {
		_, err := f(ctx, in)
		done(err)
		return
	}
	r.caller.aside(ctx, r, encode(r.caller.Realm, r.event, arguments(in), r.webhook.Credentials), done)
}

func (c *Caller) aside(ctx context.Context, r *remote, body []byte, done func(error)) {
	end, err := c.asides.begin()
	if err != nil {
		done(err)
		return
	}
	ctx, cancel := context.WithCancel(context.WithoutCancel(ctx))
	stop := context.AfterFunc(end, cancel)
	go func() {
		defer c.asides.finish()
		defer cancel()
		defer stop()
		c.asides.turn <- struct{}{}
		defer func() { <-c.asides.turn }()
		_, err := c.send(ctx, r.webhook, r.event, body)
		done(err)
	}()
}

func (a *asides) begin() (end context.Context, err error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	switch {
	case a.closed:
		return nil, unavailable(errors.New("the server has stopped"))
	case a.waiting >= asideWaiting:
		return nil, unavailable(errors.New("too many calls are waiting"))
	case a.turn == nil:
		a.turn = make(chan struct{}, asideAtOnce)
		a.end, a.cancel = context.WithCancel(context.Background())
	}
	if a.waiting == 0 {
		a.idle = make(chan struct{})
	}
	a.waiting++
	return a.end, nil
}

func (a *asides) finish() {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.waiting--; a.waiting == 0 {
		close(a.idle)
		a.idle = nil
	}
}

// Close accepts no more background calls and waits for the running ones until ctx
// ends. Those that are left are cancelled and fail.
func (c *Caller) Close(ctx context.Context) {
	a := &c.asides
	a.mu.Lock()
	a.closed = true
	idle, cancel := a.idle, a.cancel
	a.mu.Unlock()
	if idle == nil {
		return
	}
	select {
	case <-idle:
	case <-ctx.Done():
		cancel()
		<-idle
	}
}
