package compose

import (
	"fmt"

	"github.com/shopgraph/shopgraph/schema/federation"
)

// Level says how much a hint matters.
type Level int

// Levels, with the numbers that Apollo's composition gives them.
const (
	Debug   Level = 20
	Info    Level = 40
	Warning Level = 60
)

// String returns "DEBUG", "INFO" or "WARN".
func (l Level) String() string {
	switch l {
	case Warning:
		return "WARN"
	case Info:
		return "INFO"
	default:
		return "DEBUG"
	}
}

// Hint is something that composed but may surprise: a value that was dropped, a
// description that was chosen, a directive without effect.
type Hint struct {
	Code    federation.Code
	Level   Level
	Message string
	// Coordinate is the element of the supergraph that it is about.
	Coordinate string
	// Places are where it shows in the subgraphs.
	Places []federation.Place
}

var levels = map[federation.Code]Level{
	federation.DirectiveCompositionWarn:                    Warning,
	federation.FromSubgraphDoesNotExist:                    Warning,
	federation.InconsistentArgumentPresence:                Warning,
	federation.InconsistentDefaultValuePresence:            Warning,
	federation.InconsistentDescription:                     Warning,
	federation.InconsistentEnumValueForInputEnum:           Warning,
	federation.InconsistentExecutableDirectiveLocations:    Warning,
	federation.InconsistentExecutableDirectivePresence:     Warning,
	federation.InconsistentExecutableDirectiveRepeatable:   Warning,
	federation.InconsistentInputObjectField:                Warning,
	federation.InconsistentNonRepeatableDirectiveArguments: Warning,
	federation.InconsistentRuntimeTypesForShareableReturn:  Warning,
	federation.NoExecutableDirectiveIntersection:           Warning,
	federation.InconsistentEnumValueForOutputEnum:          Debug,
	federation.InconsistentInterfaceValueTypeField:         Debug,
	federation.InconsistentObjectValueTypeField:            Debug,
	federation.InconsistentUnionMember:                     Debug,
	federation.UnusedEnumType:                              Debug,
}

func newHint(code federation.Code, coordinate string, places []federation.Place, format string, args ...any) Hint {
	level, ok := levels[code]
	if !ok {
		level = Info
	}
	return Hint{Code: code, Level: level, Message: fmt.Sprintf(format, args...), Coordinate: coordinate, Places: places}
}

func (m *merger) hint(code federation.Code, coordinate string, places []federation.Place, format string, args ...any) {
	m.hints = append(m.hints, newHint(code, coordinate, places, format, args...))
}

func (m *merger) fail(code federation.Code, places []federation.Place, help, format string, args ...any) *federation.Error {
	e := &federation.Error{Code: code, Message: fmt.Sprintf(format, args...), Places: places, Help: help}
	m.errors = append(m.errors, e)
	return e
}
