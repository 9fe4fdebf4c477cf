package mock

import (
	"fmt"

	"github.com/vektah/gqlparser/v2/ast"
)

// rootObject adds to the data's root what every server answers by itself:
// introspection and, of a subgraph, _service and _entities.
type rootObject struct {
	*execution
	Object // nil when the data has none
}

func (r rootObject) Field(name string, args map[string]any) any {
	switch name {
	case "__schema":
		return schemaObject{r.schema}
	case "__type":
		if t := r.schema.types[args["name"].(string)]; t != nil {
			return typeObject{r.schema, &ast.Type{NamedType: t.name}}
		}
		return nil
	}
	if r.schema.facts != nil {
		switch name {
		case "_service":
			return serviceObject{r.schema.sdl}
		case "_entities":
			return r.entities(args["representations"].([]any))
		}
	}
	if r.Object == nil {
		return nil
	}
	return r.Object.Field(name, args)
}

type serviceObject struct{ sdl string }

func (serviceObject) Typename() string                   { return "_Service" }
func (o serviceObject) Field(string, map[string]any) any { return o.sdl }

// entities resolves each representation; a bad one fails alone.
func (r rootObject) entities(representations []any) any {
	list := make([]any, len(representations))
	for i, v := range representations {
		list[i] = r.entity(v)
	}
	return list
}

func (r rootObject) entity(v any) any {
	representation, ok := v.(map[string]any)
	if !ok {
		return fmt.Errorf("a representation must be an object, but is %s", describe(v))
	}
	typename, ok := representation["__typename"].(string)
	if !ok {
		return fmt.Errorf("a representation must have a __typename: %s", preview(representation))
	}
	t := r.schema.types[typename]
	if t == nil || t.kind != ast.Object && t.kind != ast.Interface {
		return fmt.Errorf("the representation's type %q is no object or interface type of this subgraph", typename)
	}
	return r.data.Entity(typename, representation)
}
