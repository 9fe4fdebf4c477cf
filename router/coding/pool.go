package coding

import "runtime"

// processors is how many texts of one coding are worked on at a time.
var processors = runtime.GOMAXPROCS(0)

// pool lends out as many things as there are processors. They are large, and
// working with one takes a processor: more would be memory for those who wait.
type pool[T any] struct {
	free   chan *T // nil where none was made yet
	create func() T
}

func newPool[T any](create func() T) pool[T] {
	p := pool[T]{make(chan *T, processors), create}
	for range processors {
		p.free <- nil
	}
	return p
}

func (p *pool[T]) take() *T {
	it := <-p.free
	if it == nil {
		made := p.create()
		it = &made
	}
	return it
}

func (p *pool[T]) give(it *T) { p.free <- it }
