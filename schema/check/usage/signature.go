package usage

import (
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/formatter"
)

// Signature identifies an operation by what it says: the SHA-256, in hex, of its
// text and that of the fragments it uses, printed anew. Layout, comments,
// descriptions and the order of fragments do not matter.
func Signature(op *ast.OperationDefinition, fragments ast.FragmentDefinitionList) string {
	doc := &ast.QueryDocument{}
	if op != nil {
		plain := *op
		plain.Description, plain.VariableDefinitions = "", undescribed(op.VariableDefinitions)
		doc.Operations = ast.OperationList{&plain}
	}
	for _, f := range fragments {
		plain := *f
		plain.Description, plain.VariableDefinition = "", undescribed(f.VariableDefinition)
		doc.Fragments = append(doc.Fragments, &plain)
	}
	slices.SortFunc(doc.Fragments, func(a, b *ast.FragmentDefinition) int { return strings.Compare(a.Name, b.Name) })
	hash := sha256.New()
	formatter.NewFormatter(hash, formatter.WithIndent("")).FormatQueryDocument(doc)
	return hex.EncodeToString(hash.Sum(nil))
}

func undescribed(variables ast.VariableDefinitionList) ast.VariableDefinitionList {
	var out ast.VariableDefinitionList
	for _, v := range variables {
		plain := *v
		plain.Description = ""
		out = append(out, &plain)
	}
	return out
}
