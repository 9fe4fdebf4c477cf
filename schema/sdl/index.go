package sdl

import "github.com/vektah/gqlparser/v2/ast"

// index maps the names of a list's elements to their positions. It is nil for
// short lists, where a linear search is no slower. Lists grow while a schema is
// built; afterwards any number of readers may look things up.
type index map[string]int

const shortList = 8

func fieldName(f *Field) string                   { return f.Name }
func valueName(v *ast.EnumValueDefinition) string { return v.Name }
func referenceName(r Reference) string            { return r.Name }

// extended returns the index of a list that has grown.
func extended[T any](x index, list []T, name func(T) string) index {
	if len(list) <= shortList {
		return nil
	}
	if x == nil {
		x = make(index, 2*len(list))
	}
	for i := len(x); i < len(list); i++ {
		x[name(list[i])] = i
	}
	return x
}

// find returns the position of a name in a list, or -1.
func find[T any](list []T, x index, wanted string, name func(T) string) int {
	if x != nil {
		if i, ok := x[wanted]; ok {
			return i
		}
		return -1
	}
	for i, e := range list {
		if name(e) == wanted {
			return i
		}
	}
	return -1
}
