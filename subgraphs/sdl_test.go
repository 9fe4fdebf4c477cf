package subgraphs

import (
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/parser"
)

func eachDefinition(t *testing.T, check func(subgraph string, d *ast.Definition)) {
	t.Helper()
	for _, s := range All() {
		text, err := os.ReadFile(s.Name + "/schema.graphqls")
		if err != nil {
			t.Fatal(err)
		}
		document, err := parser.ParseSchema(&ast.Source{Name: s.Name, Input: string(text)})
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range document.Definitions {
			check(s.Name, d)
		}
	}
}

// Every type, field, argument and enum value says what it is.
func TestEverythingIsDescribed(t *testing.T) {
	eachDefinition(t, func(subgraph string, d *ast.Definition) {
		undescribed := func(what, description string) {
			if strings.TrimSpace(description) == "" {
				t.Errorf("%s: %s has no description", subgraph, what)
			}
		}
		undescribed(d.Name, d.Description)
		for _, f := range d.Fields {
			undescribed(d.Name+"."+f.Name, f.Description)
			for _, a := range f.Arguments {
				undescribed(d.Name+"."+f.Name+"("+a.Name+":)", a.Description)
			}
		}
		for _, v := range d.EnumValues {
			undescribed(d.Name+"."+v.Name, v.Description)
		}
	})
}

// What several subgraphs define is the same in each, to the word.
func TestSharedDefinitionsAgree(t *testing.T) {
	seen := map[string]string{} // by what, the description
	eachDefinition(t, func(subgraph string, d *ast.Definition) {
		same := func(what, description string) {
			if before, ok := seen[what]; ok && before != description {
				t.Errorf("%s says of %s %q, another subgraph %q", subgraph, what, description, before)
			}
			seen[what] = description
		}
		same(d.Name, d.Description)
		for _, f := range d.Fields {
			same(d.Name+"."+f.Name, f.Description+" "+f.Type.String())
		}
	})
}

// A mutation takes one input and gives a payload with userErrors, which have a
// code of the subgraph's own.
func TestMutationsHaveOneShape(t *testing.T) {
	types := map[string]*ast.Definition{}
	eachDefinition(t, func(_ string, d *ast.Definition) {
		if d.Name != "Query" && d.Name != "Mutation" {
			types[d.Name] = d
		}
	})
	eachDefinition(t, func(subgraph string, d *ast.Definition) {
		if d.Name != "Mutation" {
			return
		}
		for _, m := range d.Fields {
			payload := types[m.Type.Name()]
			if len(m.Arguments) != 1 || m.Arguments[0].Name != "input" || !strings.HasSuffix(m.Arguments[0].Type.Name(), "Input") || m.Type.NonNull {
				t.Errorf("%s: %s takes %v and gives %s", subgraph, m.Name, m.Arguments, m.Type)
			}
			if payload == nil || !strings.HasSuffix(payload.Name, "Payload") || payload.Fields.ForName("userErrors") == nil {
				t.Errorf("%s: %s gives %s, without userErrors", subgraph, m.Name, m.Type)
				continue
			}
			userError := types[payload.Fields.ForName("userErrors").Type.Name()]
			if !slices.Contains(userError.Interfaces, "UserError") || types[userError.Fields.ForName("code").Type.Name()].Kind != ast.Enum {
				t.Errorf("%s: %s is no UserError with a code", subgraph, userError.Name)
			}
		}
	})
}

// Whatever is found by id, or lies in another subgraph, may be missing; and so
// may a whole root field, so that the rest of an answer survives it.
func TestWhatMayBeMissingIsNullable(t *testing.T) {
	entities := map[string]bool{}
	eachDefinition(t, func(_ string, d *ast.Definition) {
		if len(d.Directives.ForNames("key")) > 0 {
			entities[d.Name] = true
		}
	})
	owners := map[string]string{"User": "users", "Product": "products", "ProductVariant": "products", "Order": "orders"}
	eachDefinition(t, func(subgraph string, d *ast.Definition) {
		for _, f := range d.Fields {
			root := d.Name == "Query" || d.Name == "Mutation"
			joined := entities[f.Type.Name()] && owners[f.Type.Name()] != subgraph || d.Name == "User" && f.Name == "orders"
			if (root || joined) && f.Type.NonNull {
				t.Errorf("%s: %s.%s is %s: it must be nullable", subgraph, d.Name, f.Name, f.Type)
			}
		}
	})
}

// No mutation lets a client say what only the shop may say. What looks like it
// is for admins alone, which the subgraph's own tests show.
func TestInputsAreClosed(t *testing.T) {
	forbidden := []string{"role", "userId", "customerId", "total", "price", "unitPrice", "orderStatus", "createdAt", "placedAt", "number", "emailVerified"}
	forAdmins := []string{"ChangeRoleInput.role"}
	inputs := map[string]*ast.Definition{}
	eachDefinition(t, func(_ string, d *ast.Definition) {
		if d.Kind == ast.InputObject {
			inputs[d.Name] = d
		}
	})
	var check func(subgraph string, input *ast.Definition)
	check = func(subgraph string, input *ast.Definition) {
		for _, f := range input.Fields {
			name := input.Name + "." + f.Name
			if (slices.Contains(forbidden, f.Name) || f.Name == "status" && subgraph != "products") && !slices.Contains(forAdmins, name) {
				t.Errorf("%s: %s is not for clients to say", subgraph, name)
			}
			if below := inputs[f.Type.Name()]; below != nil {
				check(subgraph, below)
			}
		}
	}
	eachDefinition(t, func(subgraph string, d *ast.Definition) {
		if d.Name != "Mutation" {
			return
		}
		for _, m := range d.Fields {
			if m.Directives.ForName("inaccessible") == nil {
				check(subgraph, inputs[m.Arguments[0].Type.Name()])
			}
		}
	})
}
