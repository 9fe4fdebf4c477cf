package persisted

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/lexer"
	"github.com/vektah/gqlparser/v2/parser"
)

// Documents are a list of trusted documents. It is immutable once it is read, and
// safe for concurrent use.
type Documents struct {
	byID map[documentKey]string
	// texts are those of all documents, as they are and as their tokens.
	texts map[string]struct{}
	// longest is the length of the longest tokens.
	longest int
}

// documentKey is an id, for one client or, without it, for all.
type documentKey struct{ client, id string }

// Len is the number of texts that are trusted.
func (d *Documents) Len() int {
	distinct := map[string]struct{}{}
	for _, text := range d.byID {
		distinct[text] = struct{}{}
	}
	return len(distinct)
}

// find returns the text of the document with this id, for this client.
func (d *Documents) find(id, client string) (text string, ok bool) {
	if client != "" {
		name, _, _ := strings.Cut(client, "/")
		if text, ok = d.byID[documentKey{name, id}]; ok {
			return text, true
		}
	}
	text, ok = d.byID[documentKey{"", id}]
	return text, ok
}

// has says whether a document is trusted: one with the same tokens, however they
// are laid out.
func (d *Documents) has(text string) bool {
	if _, ok := d.texts[text]; ok {
		return true
	}
	tokens, ok := tokensOf(text, d.longest)
	if ok {
		_, ok = d.texts[tokens]
	}
	return ok
}

// Add reads a manifest: Apollo's, or Relay's, an object of texts by their ids. A
// document is known by its id and by its SHA-256. The error says what is wrong with
// it.
func (d *Documents) Add(manifest []byte) error {
	var apollo struct {
		Format     string `json:"format"`
		Version    int    `json:"version"`
		Operations []struct {
			ID         string `json:"id"`
			Name       string `json:"name"`
			Body       string `json:"body"`
			ClientName string `json:"clientName"`
		} `json:"operations"`
	}
	if err := json.Unmarshal(manifest, &apollo); err == nil && apollo.Format != "" {
		if apollo.Format != "apollo-persisted-query-manifest" || apollo.Version != 1 {
			return fmt.Errorf("the manifest is of the format %q, version %d; known are apollo-persisted-query-manifest, version 1, and Relay's, an object of documents by id", apollo.Format, apollo.Version)
		}
		for _, o := range apollo.Operations {
			if err := d.add(documentKey{o.ClientName, o.ID}, o.Body); err != nil {
				return err
			}
		}
		return nil
	}
	relay := map[string]string{}
	if err := json.Unmarshal(manifest, &relay); err != nil {
		return fmt.Errorf("the manifest is neither Apollo's nor Relay's, an object of documents by id: %w", err)
	}
	for id, text := range relay {
		if err := d.add(documentKey{"", id}, text); err != nil {
			return err
		}
	}
	return nil
}

func (d *Documents) add(key documentKey, text string) error {
	if key.id == "" || len(key.id) > maxID {
		return fmt.Errorf("a document has the id %.100q, which must have 1 to %d bytes", key.id, maxID)
	}
	if _, err := parser.ParseQuery(&ast.Source{Input: text}); err != nil {
		return fmt.Errorf("the document %q is not GraphQL: %w", key.id, err)
	}
	if d.byID == nil {
		d.byID, d.texts = map[documentKey]string{}, map[string]struct{}{}
	}
	if before, ok := d.byID[key]; ok && before != text {
		return fmt.Errorf("two documents have the id %q", key.id)
	}
	tokens, ok := tokensOf(text, len(text)*8)
	if !ok {
		return errors.New("the document " + key.id + " has no tokens")
	}
	d.byID[key] = text
	d.byID[documentKey{key.client, hashOf(text)}] = text
	d.texts[text], d.texts[tokens] = struct{}{}, struct{}{}
	d.longest = max(d.longest, len(tokens))
	return nil
}

// tokensOf is a text without what the specification ignores: white space, commas
// and comments. ok is false where it is not GraphQL, or has more than longest bytes.
func tokensOf(text string, longest int) (tokens string, ok bool) {
	scanner := lexer.New(&ast.Source{Input: text})
	var out strings.Builder
	for {
		token, err := scanner.ReadToken()
		switch {
		case err != nil || out.Len() > longest:
			return "", false
		case token.Kind == lexer.EOF:
			return out.String(), out.Len() <= longest
		case token.Kind == lexer.Comment:
			continue
		}
		out.WriteByte(byte(token.Kind))
		if token.Value != "" {
			fmt.Fprintf(&out, "%q", token.Value)
		}
	}
}
