package demodata

import "strings"

var firstNames = []string{
	"Amara", "Bruno", "Chiara", "Dmitri", "Elif", "Farid", "Greta", "Hiro", "Ines", "Jonas", "Kavya", "Liam",
	"Mina", "Noor", "Oskar", "Priya", "Quentin", "Rosa", "Samuel", "Tariq", "Uma", "Vera", "Wanda", "Yusuf", "Zoe",
}

var lastNames = []string{
	"Abe", "Becker", "Costa", "Dubois", "Eriksen", "Fischer", "Garcia", "Haddad", "Ivanova", "Jensen", "Kaya", "Lopez",
	"Moreau", "Nakamura", "Okafor", "Patel", "Rossi", "Silva", "Tanaka", "Urban", "Varga", "Weber", "Yilmaz", "Zeller",
}

var materials = []string{
	"Linen", "Oak", "Steel", "Wool", "Ceramic", "Bamboo", "Cotton", "Copper", "Glass", "Leather", "Cork", "Walnut",
	"Enamel", "Felt", "Brass", "Slate",
}

// thing is a kind of product, with the variants it comes in.
type thing struct {
	name, sku, description string
	variants               []string
	category               string // its slug
}

// categories is the tree, parents before their children.
var categories = []struct{ slug, name, parent string }{
	{"home", "Home", ""}, {"kitchen", "Kitchen", "home"}, {"living", "Living", "home"}, {"furniture", "Furniture", "living"},
	{"lighting", "Lighting", "living"}, {"decoration", "Decoration", "living"}, {"work", "Work", ""}, {"office", "Office", "work"}, {"bags", "Bags", "work"},
}

var things = []thing{
	{"Mug", "MUG", "Holds a third of a litre and survives the dishwasher.", []string{"White", "Blue", "Black"}, "kitchen"},
	{"Lamp", "LMP", "A warm light for the desk, with a cable of two metres.", []string{"Small", "Large"}, "lighting"},
	{"Chair", "CHR", "For sitting through long evenings.", []string{"Natural", "Black"}, "furniture"},
	{"Notebook", "NTB", "192 pages that lie flat.", []string{"Plain", "Lined", "Dotted"}, "office"},
	{"Backpack", "BPK", "Room for a laptop and lunch.", []string{"16 l", "22 l"}, "bags"},
	{"Vase", "VAS", "For flowers, or for nothing.", []string{"Low", "Tall"}, "decoration"},
	{"Blanket", "BLK", "130 by 180 centimetres of warmth.", []string{"Grey", "Green"}, "decoration"},
	{"Clock", "CLK", "Shows the time without a sound.", []string{"One size"}, "decoration"},
	{"Bowl", "BWL", "For soup, fruit or keys.", []string{"Small", "Medium", "Large"}, "kitchen"},
	{"Stool", "STL", "Three legs, so it never rocks.", []string{"45 cm", "65 cm"}, "furniture"},
	{"Teapot", "TPT", "Pours without dripping.", []string{"One size"}, "kitchen"},
	{"Cutting Board", "CUT", "Kind to knives.", []string{"Small", "Large"}, "kitchen"},
}

// lower is a name as it stands in an address.
func lower(name string) string { return strings.ToLower(name) }
