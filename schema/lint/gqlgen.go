package lint

import (
	"go/ast"
	"go/parser"
	"go/token"
	"regexp"
	"strings"
)

// Resolver is the method of a gqlgen server that finds entities of a type by a
// key.
type Resolver struct {
	// Type is the entity's, Method the Go method.
	Type, Method string
	// Batched says that it is called once for all representations of a request.
	Batched bool
	File    string
	Line    int
}

// entityMethod is how gqlgen names resolvers of entities: FindProductByID,
// FindManyProductByIDs.
var entityMethod = regexp.MustCompile(`^Find(Many)?([A-Za-z0-9_]+?)By[A-Z]`)

// Resolvers finds the entity resolvers in a Go file: the methods of
// entityResolver, in gqlgen's names. A file that is not Go has none.
//
// Source: gqlgen v0.17, plugin/federation.
func Resolvers(file string, source []byte) []Resolver {
	if !strings.Contains(string(source), "entityResolver") {
		return nil
	}
	fset := token.NewFileSet()
	parsed, err := parser.ParseFile(fset, file, source, parser.SkipObjectResolution)
	if err != nil {
		return nil
	}
	var out []Resolver
	for _, d := range parsed.Decls {
		method, ok := d.(*ast.FuncDecl)
		if !ok || method.Recv == nil || !isEntityResolver(method.Recv) {
			continue
		}
		if m := entityMethod.FindStringSubmatch(method.Name.Name); m != nil {
			out = append(out, Resolver{
				Type: m[2], Method: method.Name.Name, Batched: m[1] != "" && takesSlice(method.Type.Params),
				File: file, Line: fset.Position(method.Pos()).Line,
			})
		}
	}
	return out
}

func isEntityResolver(receiver *ast.FieldList) bool {
	if len(receiver.List) != 1 {
		return false
	}
	t := receiver.List[0].Type
	if star, ok := t.(*ast.StarExpr); ok {
		t = star.X
	}
	name, ok := t.(*ast.Ident)
	return ok && name.Name == "entityResolver"
}

// takesSlice says whether the parameter after the context is a slice.
func takesSlice(params *ast.FieldList) bool {
	if len(params.List) < 2 {
		return false
	}
	_, ok := params.List[1].Type.(*ast.ArrayType)
	return ok
}
