package lint

import (
	"strings"

	"github.com/vektah/gqlparser/v2/ast"
)

var redundantAffixes = Rule{
	Name: "redundant-affixes", Level: Warning,
	Asks: "Names do not repeat what the schema says already: no SizeEnum, ProductType, NodeInterface, and no Product.productName.",
	Why:  "The kind of a type and the type of a field are known wherever the name is used; a name that repeats them has to change when they do.",
	Bad:  map[string]string{"products": "type Query { size: SizeEnum }\nenum SizeEnum { SMALL }"},
	Good: map[string]string{"products": "type Query { size: Size }\nenum Size { SMALL }"},
	check: func(l *linter) {
		l.types(func(s Subgraph, def *ast.Definition) {
			for _, affix := range affixes[def.Kind] {
				if plain, ok := strings.CutSuffix(def.Name, affix); ok && plain != "" {
					l.found(s, def.Name, def.Position, "%s repeats that it is %s: call it %s", def.Name, kindNames[def.Kind], plain)
				}
				// "Type", "Object" and "Union" in front are words of many subjects.
				plain, ok := strings.CutPrefix(def.Name, affix)
				if ok && pascalCase.MatchString(plain) && def.Kind != ast.Object && def.Kind != ast.Union {
					l.found(s, def.Name, def.Position, "%s repeats that it is %s: call it %s", def.Name, kindNames[def.Kind], plain)
				}
			}
		})
		l.fields(func(s Subgraph, def *ast.Definition, f *ast.FieldDefinition) {
			typeName := strings.ToLower(def.Name[:1]) + def.Name[1:]
			rest, ok := strings.CutPrefix(f.Name, typeName)
			if own(f) && !isRoot(s, def) && ok && pascalCase.MatchString(rest) {
				l.found(s, def.Name+"."+f.Name, f.Position, "%s.%s repeats the name of its type: call it %s", def.Name, f.Name, strings.ToLower(rest[:1])+rest[1:])
			}
		})
	},
}

var affixes = map[ast.DefinitionKind][]string{
	ast.Object: {"Object", "Type"}, ast.Interface: {"Interface"}, ast.Union: {"Union"}, ast.Enum: {"Enum"}, ast.Scalar: {"Scalar"},
}

var kindNames = map[ast.DefinitionKind]string{
	ast.Object: "a type", ast.Interface: "an interface", ast.Union: "a union", ast.Enum: "an enum", ast.Scalar: "a scalar", ast.InputObject: "an input",
}
