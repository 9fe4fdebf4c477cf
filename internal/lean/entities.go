package lean

// TypeOf is the __typename that all of the representations have; "" when they differ,
// or one has none.
func TypeOf(representations []map[string]any) string {
	var common string
	for i, representation := range representations {
		name, _ := representation["__typename"].(string)
		if name == "" || i > 0 && name != common {
			return ""
		}
		common = name
	}
	return common
}
