package execute

// TypeID stands for an object type of the supergraph while a request runs.
type TypeID uint32

const (
	// UnknownType is the type of an object of which no subgraph has said it.
	UnknownType TypeID = iota
	// ForeignType is the type of an object for which a subgraph gave a name that
	// the supergraph does not have.
	ForeignType
	firstType
)

// Types numbers the object types of a supergraph. It is immutable and shared by
// the programs of all operations on it.
type Types struct {
	names []string
	ids   map[string]TypeID
}

// NewTypes numbers the object types of these names. All object types of the
// supergraph belong here, also those that clients may not see.
func NewTypes(names []string) *Types {
	t := &Types{names: make([]string, firstType, len(names)+int(firstType)), ids: make(map[string]TypeID, len(names))}
	for _, name := range names {
		if _, ok := t.ids[name]; !ok {
			t.ids[name] = TypeID(len(t.names))
			t.names = append(t.names, name)
		}
	}
	return t
}

// ID returns the number of the named type; ForeignType when there is none.
func (t *Types) ID(name string) TypeID {
	if id, ok := t.ids[name]; ok {
		return id
	}
	return ForeignType
}

// Name returns the type's name; "" for UnknownType and ForeignType.
func (t *Types) Name(id TypeID) string { return t.names[id] }

// typeSet is a set of types; nil holds all types, known or not.
type typeSet []uint64

func (t *Types) set(names []string) typeSet {
	if names == nil {
		return nil
	}
	set := make(typeSet, len(t.names)/64+1)
	for _, name := range names {
		if id := t.ID(name); id != ForeignType {
			set[id/64] |= 1 << (id % 64)
		}
	}
	return set
}

func (s typeSet) has(id TypeID) bool {
	return s == nil || s[id/64]>>(id%64)&1 != 0
}
