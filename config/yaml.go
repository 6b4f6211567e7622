package config

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
	"github.com/goccy/go-yaml/token"
)

func parseYAML(data []byte) (n *node, problem *Problem) {
	// The parser is an external module, and a file may contain any bytes.
	defer func() {
		if r := recover(); r != nil {
			n, problem = nil, &Problem{Message: fmt.Sprint("not valid YAML: ", r)}
		}
	}()
	file, err := parser.ParseBytes(data, 0)
	if err != nil {
		return nil, yamlProblem(err)
	}
	var docs []ast.Node
	for _, d := range file.Docs {
		if d.Body != nil {
			docs = append(docs, d.Body)
		}
	}
	switch len(docs) {
	case 0:
		return &node{value: &mapping{}}, nil
	case 1:
		return readYAML(docs[0], 0)
	}
	at := yamlPosition(docs[1])
	return nil, &Problem{Line: at.line, Column: at.column, Message: "a second document: one file holds one"}
}

func yamlProblem(err error) *Problem {
	p := &Problem{Message: "not valid YAML: " + err.Error()}
	if syntax, ok := errors.AsType[yaml.Error](err); ok {
		p.Message = "not valid YAML: " + syntax.GetMessage()
		if t := syntax.GetToken(); t != nil && t.Position != nil {
			p.Line, p.Column = t.Position.Line, t.Position.Column
		}
	}
	return p
}

func yamlPosition(n ast.Node) position {
	t := n.GetToken()
	if m, ok := n.(*ast.MappingNode); ok && !m.IsFlowStyle && len(m.Values) > 0 {
		t = m.Values[0].Key.GetToken()
	}
	if m, ok := n.(*ast.MappingValueNode); ok {
		t = m.Key.GetToken()
	}
	return tokenPosition(t)
}

func tokenPosition(t *token.Token) position {
	if t == nil || t.Position == nil {
		return position{}
	}
	return position{t.Position.Line, t.Position.Column}
}

func readYAML(n ast.Node, depth int) (*node, *Problem) {
	at := yamlPosition(n)
	fail := func(text string) (*node, *Problem) {
		return nil, &Problem{Line: at.line, Column: at.column, Message: text}
	}
	if depth > maxDepth {
		return fail(fmt.Sprintf("more than %d levels", maxDepth))
	}
	out := &node{at: at}
	switch n := n.(type) {
	case *ast.NullNode:
	case *ast.BoolNode:
		out.value = n.Value
	case *ast.StringNode:
		out.value = n.Value
	case *ast.LiteralNode:
		out.value = n.Value.Value
	case *ast.FloatNode:
		out.value = n.Value
	case *ast.IntegerNode:
		f, err := strconv.ParseFloat(fmt.Sprint(n.Value), 64)
		if err != nil {
			return fail("not a number: " + n.Token.Value)
		}
		out.value = f
	case *ast.SequenceNode:
		return readList(out, n, depth)
	case *ast.MappingNode:
		return readMapping(out, n.Values, depth)
	case *ast.MappingValueNode:
		return readMapping(out, []*ast.MappingValueNode{n}, depth)
	case *ast.AnchorNode, *ast.AliasNode, *ast.MergeKeyNode:
		return fail("anchors, aliases and merge keys are not supported; write the value out")
	case *ast.TagNode:
		return fail("tags are not supported")
	default:
		return fail("this kind of YAML value is not supported: " + strings.ToLower(n.Type().String()))
	}
	return out, nil
}

func readList(out *node, n *ast.SequenceNode, depth int) (*node, *Problem) {
	list := make([]*node, 0, len(n.Values))
	for _, v := range n.Values {
		e, problem := readYAML(v, depth+1)
		if problem != nil {
			return nil, problem
		}
		list = append(list, e)
	}
	out.value = list
	return out, nil
}

func readMapping(out *node, values []*ast.MappingValueNode, depth int) (*node, *Problem) {
	m := &mapping{}
	for _, v := range values {
		at := tokenPosition(v.Key.GetToken())
		fail := func(text string) (*node, *Problem) {
			return nil, &Problem{Line: at.line, Column: at.column, Message: text}
		}
		if v.Key.IsMergeKey() {
			return fail("anchors, aliases and merge keys are not supported; write the value out")
		}
		key, ok := yamlKey(v.Key)
		if !ok {
			return fail("a key must be a text")
		}
		if m.has(key) {
			return fail(fmt.Sprintf("the key %q appears twice", key))
		}
		value, problem := readYAML(v.Value, depth+1)
		if problem != nil {
			return nil, problem
		}
		m.members = append(m.members, member{key, at, value})
	}
	out.value = m
	return out, nil
}

func yamlKey(k ast.MapKeyNode) (string, bool) {
	switch k := k.(type) {
	case *ast.StringNode:
		return k.Value, true
	case *ast.IntegerNode, *ast.FloatNode, *ast.BoolNode, *ast.NullNode:
		return k.GetToken().Value, true
	}
	return "", false
}
