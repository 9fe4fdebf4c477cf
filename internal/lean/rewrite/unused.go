package main

import (
	"bytes"
	"go/ast"
	"go/format"
	"go/parser"
	"go/token"
	"path"
	"slices"
	"strconv"
	"strings"
)

// dropUnused takes away the methods that nothing calls any more, and imports that
// nothing uses. The sources are all files of the package.
func dropUnused(sources [][]byte) ([][]byte, error) {
	p := &program{set: token.NewFileSet(), methods: map[string]*ast.FuncDecl{}, used: map[string]bool{}}
	for _, source := range sources {
		p.indexed = p.indexed || bytes.Contains(source, []byte("graphql.WithLazyInputUnmarshalerIndex("))
		file, err := parser.ParseFile(p.set, "", source, parser.ParseComments|parser.SkipObjectResolution)
		if err != nil {
			return nil, err
		}
		p.files = append(p.files, file)
	}
	p.mark()
	kept := make([][]byte, len(sources))
	for i, file := range p.files {
		unused := p.unused(file)
		source := p.without(sources[i], file, unused)
		for _, spec := range file.Imports {
			if !importUsed(file, spec, unused) {
				source = bytes.Replace(source, []byte("\t"+importText(spec)+"\n"), nil, 1)
			}
		}
		var err error
		if kept[i], err = format.Source(source); err != nil {
			return nil, err
		}
	}
	return kept, nil
}

// program is all of a package.
type program struct {
	set     *token.FileSet
	files   []*ast.File
	methods map[string]*ast.FuncDecl // of the context that an operation is executed in
	used    map[string]bool
	// indexed says that resolvers can unmarshal input objects themselves.
	indexed bool
}

// mark finds the methods that are called, from everything else on.
func (p *program) mark() {
	var open []ast.Node
	for _, file := range p.files {
		for _, declaration := range file.Decls {
			if method, ok := declaration.(*ast.FuncDecl); ok && ofContext(method) {
				p.methods[method.Name.Name] = method
			} else {
				open = append(open, declaration)
			}
		}
	}
	for len(open) > 0 {
		next := open[len(open)-1]
		open = open[:len(open)-1]
		ast.Inspect(next, func(n ast.Node) bool {
			if selector, ok := n.(*ast.SelectorExpr); ok {
				name := selector.Sel.Name
				if method := p.methods[name]; method != nil && !p.used[name] {
					p.used[name] = true
					open = append(open, method)
				}
			}
			return true
		})
	}
}

func ofContext(function *ast.FuncDecl) bool {
	if function.Recv == nil || len(function.Recv.List) != 1 {
		return false
	}
	pointer, ok := function.Recv.List[0].Type.(*ast.StarExpr)
	if !ok {
		return false
	}
	name, ok := pointer.X.(*ast.Ident)
	return ok && name.Name == "executionContext"
}

// unused are the methods of the file that nothing calls, and functions that ask the
// context for what package lean does not put there.
func (p *program) unused(file *ast.File) (unused []ast.Decl) {
	for _, declaration := range file.Decls {
		function, ok := declaration.(*ast.FuncDecl)
		if ok && (ofContext(function) && !p.used[function.Name.Name] || !p.indexed && unmarshalsFromContext(function)) {
			unused = append(unused, declaration)
		}
	}
	return unused
}

// unmarshalsFromContext recognizes what gqlgen writes for resolvers that unmarshal
// input objects themselves.
func unmarshalsFromContext(function *ast.FuncDecl) bool {
	if function.Recv != nil || !strings.HasPrefix(function.Name.Name, "Unmarshal") {
		return false
	}
	found := false
	ast.Inspect(function, func(n ast.Node) bool {
		call, ok := n.(*ast.CallExpr)
		found = found || ok && called(call) == "UnmarshalNamedInputFromContext"
		return !found
	})
	return found
}

func (p *program) without(source []byte, file *ast.File, unused []ast.Decl) []byte {
	start := p.set.File(file.Pos()).Base()
	source = bytes.Clone(source)
	for _, declaration := range slices.Backward(unused) {
		from := declaration.Pos()
		if doc := declaration.(*ast.FuncDecl).Doc; doc != nil {
			from = doc.Pos()
		}
		source = slices.Delete(source, int(from)-start, int(declaration.End())-start)
	}
	return source
}

// importUsed says whether what is left of the file uses the import.
func importUsed(file *ast.File, spec *ast.ImportSpec, unused []ast.Decl) bool {
	location, _ := strconv.Unquote(spec.Path.Value) // it has been parsed
	name := path.Base(location)
	if spec.Name != nil {
		name = spec.Name.Name
	}
	found := false
	for _, declaration := range file.Decls {
		if slices.Contains(unused, declaration) {
			continue
		}
		ast.Inspect(declaration, func(n ast.Node) bool {
			if selector, ok := n.(*ast.SelectorExpr); ok {
				of, isName := selector.X.(*ast.Ident)
				found = found || isName && of.Name == name
			}
			return !found
		})
	}
	return found
}

func importText(spec *ast.ImportSpec) string {
	if spec.Name != nil {
		return spec.Name.Name + " " + spec.Path.Value
	}
	return spec.Path.Value
}
