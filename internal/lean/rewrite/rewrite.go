package main

import (
	"bytes"
	"errors"
	"fmt"
	"go/ast"
	"go/format"
	"go/parser"
	"go/token"
	"slices"
)

// rewrite returns generated code that calls package lean. A function that it does
// not know stays as it is.
func rewrite(source []byte) ([]byte, error) {
	f, err := read(source)
	if err != nil {
		return nil, err
	}
	if bytes.Contains(source, []byte(leanImport)) {
		return source, nil
	}
	if len(f.fields) == 0 {
		return nil, errors.New("it has no functions of fields as gqlgen generates them; package lean has to learn about this version")
	}
	f.readFieldsDirectly()
	f.resolveFields()
	f.leanObjects()
	f.leanOperation()
	f.callLean()
	return f.apply()
}

// file is generated code with the changes to be made.
type file struct {
	source    []byte
	set       *token.FileSet
	parsed    *ast.File
	functions map[string]*ast.FuncDecl
	// fields are the functions of fields, by their name: _Type_field.
	fields map[string]*field
	edits  []edit
}

// edit replaces a part of the source.
type edit struct {
	from, to int
	text     string
}

func read(source []byte) (*file, error) {
	f := &file{source: source, set: token.NewFileSet(), functions: map[string]*ast.FuncDecl{}, fields: map[string]*field{}}
	parsed, err := parser.ParseFile(f.set, "exec.go", source, parser.SkipObjectResolution)
	if err != nil {
		return nil, err
	}
	f.parsed = parsed
	for _, declaration := range parsed.Decls {
		if function, ok := declaration.(*ast.FuncDecl); ok && function.Recv != nil && function.Body != nil {
			f.functions[function.Name.Name] = function
		}
	}
	for name, function := range f.functions {
		if field := f.field(function); field != nil {
			f.fields[name] = field
		}
	}
	return f, nil
}

func (f *file) offset(p token.Pos) int { return f.set.Position(p).Offset }

func (f *file) text(n ast.Node) string { return string(f.source[f.offset(n.Pos()):f.offset(n.End())]) }

func (f *file) replace(n ast.Node, text string) {
	f.edits = append(f.edits, edit{f.offset(n.Pos()), f.offset(n.End()), text})
}

// apply makes the changes.
func (f *file) apply() ([]byte, error) {
	slices.SortFunc(f.edits, func(a, b edit) int { return a.from - b.from })
	var out bytes.Buffer
	at := 0
	for _, e := range f.edits {
		if e.from < at {
			return nil, fmt.Errorf("two changes overlap at byte %d", e.from)
		}
		out.Write(f.source[at:e.from])
		out.WriteString(e.text)
		if at = e.to; e.text == "" && e.from < e.to { // nor does its line stay
			for at < len(f.source) && (f.source[at] == '\n' || f.source[at] == '\t') {
				at++
			}
		}
	}
	out.Write(f.source[at:])
	return format.Source(addImport(out.Bytes()))
}

// returned is the one expression that a function consists of returning.
func returned(body *ast.BlockStmt, results int) ast.Expr {
	if body == nil || len(body.List) != 1 {
		return nil
	}
	statement, ok := body.List[0].(*ast.ReturnStmt)
	if !ok || len(statement.Results) != results {
		return nil
	}
	return statement.Results[0]
}

// called is the name of the function that is called, without its package or
// receiver.
func called(e ast.Expr) string {
	call, ok := e.(*ast.CallExpr)
	if !ok {
		return ""
	}
	selector, ok := call.Fun.(*ast.SelectorExpr)
	if !ok {
		return ""
	}
	return selector.Sel.Name
}

const leanImport = "\t\"github.com/shopgraph/shopgraph/internal/lean\"\n"

func addImport(source []byte) []byte {
	const open = "import (\n"
	return bytes.Replace(source, []byte(open), []byte(open+leanImport), 1)
}
