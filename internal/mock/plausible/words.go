package plausible

var (
	firstNames   = []string{"Ada", "Alan", "Barbara", "Claude", "Dorothy", "Edsger", "Frances", "Grace", "Hedy", "Ivan", "Jean", "Katherine", "Leslie", "Margaret", "Niklaus", "Radia", "Sophie", "Tony"}
	lastNames    = []string{"Allen", "Curie", "Dijkstra", "Euler", "Franklin", "Goldberg", "Hamilton", "Hopper", "Johnson", "Lamarr", "Liskov", "Lovelace", "Noether", "Perlman", "Shannon", "Turing", "Vaughan", "Wirth"}
	adjectives   = []string{"amber", "brave", "calm", "clever", "cosy", "curious", "early", "gentle", "golden", "honest", "little", "lucky", "mellow", "nimble", "plain", "quiet", "rapid", "silver", "solid", "sunny", "tidy", "warm"}
	nouns        = []string{"anchor", "basket", "bicycle", "blanket", "bottle", "candle", "carpet", "compass", "cushion", "fountain", "guitar", "hammer", "kettle", "ladder", "lamp", "lantern", "mirror", "notebook", "pencil", "piano", "table", "umbrella", "violin", "window"}
	verdicts     = []string{"better than expected", "hard to replace", "just as described", "lighter than it looks", "ready for anything", "worth the wait", "made to last", "a little too loud"}
	cities       = []string{"Basel", "Bologna", "Ghent", "Lisbon", "Lyon", "Oslo", "Porto", "Riga", "Turin", "Utrecht", "Vienna", "Zürich"}
	countries    = []string{"Austria", "Belgium", "France", "Italy", "Latvia", "Netherlands", "Norway", "Portugal", "Switzerland"}
	countryCodes = []string{"AT", "BE", "CH", "FR", "IT", "LV", "NL", "NO", "PT"}
	currencies   = []string{"CHF", "EUR", "GBP", "NOK", "USD"}
	colors       = []string{"black", "blue", "green", "grey", "orange", "red", "white", "yellow"}
)
