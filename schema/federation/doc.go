// Package federation is the vocabulary that composition and routing share: the
// specifications that a schema links, the names of their elements, and the
// field sets written inside directives.
package federation
