package id

import (
	"bytes"
	"slices"
	"strings"
	"testing"

	"github.com/google/uuid"
	"pgregory.net/rapid"

	"github.com/shopgraph/shopgraph/internal/apierror"
)

func TestFormat(t *testing.T) {
	for _, c := range []struct{ uuid, want string }{
		{"00000000-0000-0000-0000-000000000000", "usr_00000000000000000000000000"},
		{"ffffffff-ffff-ffff-ffff-ffffffffffff", "usr_7zzzzzzzzzzzzzzzzzzzzzzzzz"},
		{"00000000-0000-0000-0000-000000000001", "usr_00000000000000000000000001"},
		// The TypeID specification's example of the same encoding.
		{"01890a5d-ac96-774b-bcce-b302099a8057", "usr_01h455vb4pex5vsknk084sn02q"},
	} {
		if got := User.Format(uuid.MustParse(c.uuid)); got != c.want {
			t.Errorf("Format(%s) = %s, want %s", c.uuid, got, c.want)
		}
	}
}

func TestParseIsTheInverseOfFormat(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		u := uuid.UUID(rapid.SliceOfN(rapid.Byte(), 16, 16).Draw(t, "uuid"))
		if back, err := Order.Parse(Order.Format(u)); err != nil || back != u {
			t.Fatalf("%s came back as %s (%v)", u, back, err)
		}
	})
}

func TestTextsSortAsIdsDo(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a := uuid.UUID(rapid.SliceOfN(rapid.Byte(), 16, 16).Draw(t, "a"))
		b := uuid.UUID(rapid.SliceOfN(rapid.Byte(), 16, 16).Draw(t, "b"))
		if bytes.Compare(a[:], b[:]) != strings.Compare(Product.Format(a), Product.Format(b)) {
			t.Fatalf("%s and %s sort differently as text", a, b)
		}
	})
}

func TestNewIdsSortByCreation(t *testing.T) {
	last := New()
	for range 1000 {
		next := New()
		if bytes.Compare(last[:], next[:]) >= 0 {
			t.Fatalf("%s was made after %s", next, last)
		}
		last = next
	}
}

// Every id has one spelling: anything else is refused, without a panic.
func TestParseRefuses(t *testing.T) {
	good := User.Format(New())
	for name, text := range map[string]string{
		"nothing":            "",
		"another kind":       Order.Format(New()),
		"a bare uuid":        New().String(),
		"no prefix":          good[4:],
		"too short":          good[:len(good)-1],
		"too long":           good + "0",
		"upper case":         strings.ToUpper(good),
		"a letter left out":  good[:len(good)-1] + "u",
		"an ambiguous o":     "usr_o1h455vb4pex5vsknk084sn02q",
		"more than 128 bits": "usr_8zzzzzzzzzzzzzzzzzzzzzzzzz",
		"spaces around":      " " + good[:len(good)-1],
		"not UTF-8":          "usr_\xff\xfe000000000000000000000000",
		"a megabyte":         "usr_" + strings.Repeat("0", 1<<20),
	} {
		_, err := User.Parse(text)
		seen, ok := apierror.As(err)
		if !ok || seen.Code != apierror.BadUserInput {
			t.Errorf("%s: Parse = %v, want a client's BAD_USER_INPUT", name, err)
		}
		if err != nil && len(err.Error()) > 300 {
			t.Errorf("%s: the message repeats %d bytes", name, len(err.Error()))
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add(User.Format(New()))
	f.Add("usr_\xff")
	f.Fuzz(func(t *testing.T, text string) {
		if u, err := User.Parse(text); err == nil && User.Format(u) != text {
			t.Fatalf("%q is a second spelling of %s", text, u)
		}
	})
}

func BenchmarkFormat(b *testing.B) {
	u := New()
	b.ReportAllocs()
	for b.Loop() {
		_ = User.Format(u)
	}
}

func BenchmarkParse(b *testing.B) {
	text := User.Format(New())
	b.ReportAllocs()
	for b.Loop() {
		if _, err := User.Parse(text); err != nil {
			b.Fatal(err)
		}
	}
}

func TestListIsAnArrayOfPostgreSQL(t *testing.T) {
	for want, list := range map[string]List{
		"{}":                                     nil,
		"{00000000-0000-0000-0000-000000000000}": {uuid.Nil},
		"{ffffffff-ffff-ffff-ffff-ffffffffffff,01890a5d-ac96-774b-bcce-b302099a8057}": {uuid.Max, uuid.MustParse("01890a5d-ac96-774b-bcce-b302099a8057")},
	} {
		if got, err := list.Value(); got != want || err != nil {
			t.Errorf("Value = %v, %v, want %s", got, err, want)
		}
		var back List
		if err := back.Scan([]byte(want)); err != nil || !slices.Equal(back, list) {
			t.Errorf("Scan of %s = %v, %v", want, back, err)
		}
	}
	for _, wrong := range []any{nil, "{}", []byte("{"), []byte("x"), []byte("{x}"), []byte("{NULL}")} {
		if err := new(List).Scan(wrong); err == nil {
			t.Errorf("Scan of %q does not fail", wrong)
		}
	}
}
