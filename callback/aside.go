package callback

import (
	"context"
	"errors"
	"sync"
)

// The bounds on calls that nobody waits for: on their way at once, and waiting
// for their turn.
const (
	asideAtOnce  = 64
	asideWaiting = 10_000
)

// asides are the calls of a Caller that nobody waits for.
type asides struct {
	mu      sync.Mutex
	waiting int           // those on their way included
	turn    chan struct{} // made with the first
	idle    chan struct{} // closed when none is left; nil while there is none
	closed  bool
	end     context.Context
	cancel  context.CancelFunc
}

// Aside calls f for a message along the way of something else, whose answer
// must not tell by its time whether there was a message. A webhook is called
// while Aside has returned already, and beyond the end of ctx; its arguments are
// those of now. A func of Go and a built-in are called at once, and see to that
// themselves. done hears of the outcome, once.
func (f Func[In, Out]) Aside(ctx context.Context, in In, done func(error)) {
	r := remoteOf(f)
	if r == nil || r.webhook == nil || r.caller == nil || r.caller.Wait {
		_, err := f(ctx, in)
		done(err)
		return
	}
	r.caller.aside(ctx, r, encode(r.event, arguments(in), r.webhook.Credentials), done)
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
		return nil, unavailable(errors.New("too many calls wait already"))
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

// Close takes no more calls aside, waits for those that are under way until ctx
// ends, and gives up those that are left, which fail.
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
