package main

// write writes the answer, in the order of the query.
func (a *page) write(out []byte) []byte {
	out = each(append(out, `{"data":{"members":`...), a.members, func(out []byte, user *node) []byte {
		out = append(writePerson(out, user), `,"reviews":`...)
		return append(each(out, user.field("reviews"), a.writeMembersReview), '}')
	})
	out = each(append(out, `,"bestsellers":`...), a.bestsellers, func(out []byte, product *node) []byte {
		out = append(a.writeItem(out, product), `,"reviews":`...)
		return append(each(out, product.field("reviews"), a.writeBestsellersReview), '}')
	})
	return append(out, `}}`...)
}

func (a *page) writeMembersReview(out []byte, review *node) []byte {
	product := review.field("product")
	out = append(writeText(out, review), `,"product":`...)
	out = append(a.writeItem(out, a.products.of(product.field("id"))), `,"reviews":`...)
	out = each(out, product.field("reviews"), func(out []byte, other *node) []byte {
		out = append(writeText(out, other), `,"author":`...)
		return append(writePerson(out, a.users.of(other.field("author").field("id"))), `}}`...)
	})
	return append(out, `}}`...)
}

func (a *page) writeBestsellersReview(out []byte, review *node) []byte {
	author := review.field("author")
	out = append(writeText(out, review), `,"author":`...)
	out = append(writePerson(out, a.users.of(author.field("id"))), `,"reviews":`...)
	out = each(out, author.field("reviews"), func(out []byte, other *node) []byte {
		out = append(writeText(out, other), `,"product":`...)
		return append(a.writeItem(out, a.products.of(other.field("product").field("id"))), `}}`...)
	})
	return append(out, `}}`...)
}

// each writes a list.
func each(out []byte, list *node, write func(out []byte, item *node) []byte) []byte {
	out = append(out, '[')
	items := list.list()
	for i := range items {
		if i > 0 {
			out = append(out, ',')
		}
		out = write(out, &items[i])
	}
	return append(out, ']')
}

// writePerson, writeText and writeItem write the query's fragments, without the
// closing brace, before which there may be more.
func writePerson(out []byte, user *node) []byte {
	out = appendLeaf(append(out, `{"id":`...), user.field("id"))
	out = appendLeaf(append(out, `,"name":`...), user.field("name"))
	return appendLeaf(append(out, `,"city":`...), user.field("city"))
}

func writeText(out []byte, review *node) []byte {
	out = appendLeaf(append(out, `{"id":`...), review.field("id"))
	out = appendLeaf(append(out, `,"stars":`...), review.field("stars"))
	return appendLeaf(append(out, `,"body":`...), review.field("body"))
}

func (a *page) writeItem(out []byte, product *node) []byte {
	stock := a.stock.of(product.field("sku"))
	out = appendLeaf(append(out, `{"id":`...), product.field("id"))
	out = appendLeaf(append(out, `,"sku":`...), product.field("sku"))
	out = appendLeaf(append(out, `,"name":`...), product.field("name"))
	out = appendLeaf(append(out, `,"price":`...), product.field("price"))
	out = appendLeaf(append(out, `,"weight":`...), product.field("weight"))
	out = appendLeaf(append(out, `,"inStock":`...), stock.field("inStock"))
	out = appendLeaf(append(out, `,"shipping":`...), stock.field("shipping"))
	out = each(append(out, `,"places":`...), stock.field("places"), func(out []byte, shelves *node) []byte {
		return each(out, shelves, func(out []byte, place *node) []byte {
			out = appendLeaf(append(out, `{"shelf":`...), place.field("shelf"))
			return append(appendLeaf(append(out, `,"count":`...), place.field("count")), '}')
		})
	})
	return appendLeaf(append(out, `,"worth":`...), product.field("worth"))
}
