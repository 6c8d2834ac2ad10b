package gen_test

import (
	"context"
	"errors"
	"reflect"
	"strings"
	"testing"

	"github.com/rowhouse/rowhouse/gen"
)

// TestZeroValuesHaveNothingToQuery calls every method of everything that
// leads to rows, without a store behind it.
func TestZeroValuesHaveNothingToQuery(t *testing.T) {
	store, _ := open(t)
	var none *gen.Store
	for name, value := range map[string]any{
		"Scope{}":             &gen.Scope{},
		"System{}":            &gen.System{},
		"Actor{}":             &gen.Actor{},
		"Store{}":             &gen.Store{},
		"nil Store":           none,
		"System of Store{}":   (&gen.Store{}).System("a reason"),
		"System of nil Store": none.System("a reason"),
		"System(\"\")":        store.System(""),
		"As of Store{}":       (&gen.Store{}).As(""),
		"As of nil Store":     none.As(""),
		"ScopeQueries{}":      gen.ScopeQueries{},
		"ActorQueries{}":      gen.ActorQueries{},
		"SystemQueries{}":     gen.SystemQueries{},
		"ProductTable{}":      &gen.ProductTable{},
		"ProductQuery{}":      &gen.ProductQuery{},
	} {
		t.Run(name, func(t *testing.T) { refusesAll(t, name, reflect.ValueOf(value), 0) })
	}
}

// plain are the methods that read nothing of the database.
var plain = map[string]bool{"UserID": true, "OrganizationID": true, "Role": true, "Reason": true, "Close": true}

// refusesAll checks that every method of a value, of its fields, and of what
// its methods return, fails with ErrNoScope.
func refusesAll(t *testing.T, path string, value reflect.Value, depth int) {
	t.Helper()
	calls := 0
	for method := range value.Methods() {
		calls++
		name := path + "." + method.Name
		results := value.Method(method.Index).Call(arguments(method.Func.Type(), value))
		last := results[len(results)-1]
		err, failed := reflect.TypeAssert[error](last)
		switch {
		case plain[method.Name]:
			if !last.IsZero() {
				t.Errorf("%s = %v, want nothing", name, last)
			}
		case last.Type() == reflect.TypeFor[error]():
			if !failed || !errors.Is(err, gen.ErrNoScope) || !strings.HasSuffix(err.Error(), ": no scope") {
				t.Errorf("%s: %v, want ErrNoScope", name, err)
			}
			for _, result := range results[:len(results)-1] {
				if !result.IsZero() {
					t.Errorf("%s returned %v besides its error", name, result)
				}
			}
		case last.Kind() == reflect.Func: // Each
			refusesEach(t, name, last)
		case depth < 2:
			refusesAll(t, name, last, depth+1)
		}
	}
	fields := reflect.Indirect(value)
	if fields.Kind() != reflect.Struct {
		return
	}
	for i := range fields.NumField() {
		if field := fields.Type().Field(i); field.IsExported() && !field.Anonymous {
			calls++
			inside := fields.Field(i)
			if inside.CanAddr() {
				inside = inside.Addr()
			}
			refusesAll(t, path+"."+field.Name, inside, depth)
		}
	}
	if calls == 0 {
		t.Errorf("%s has nothing to call", path)
	}
}

// refusesEach checks that a loop runs once, with ErrNoScope and no row.
func refusesEach(t *testing.T, name string, loop reflect.Value) {
	t.Helper()
	runs := 0
	for row, failure := range loop.Seq2() {
		runs++
		err, _ := reflect.TypeAssert[error](failure)
		if !row.IsZero() || !errors.Is(err, gen.ErrNoScope) {
			t.Errorf("%s yields %v, %v, want ErrNoScope", name, row, err)
		}
	}
	if runs != 1 {
		t.Errorf("%s yields %d times, want once", name, runs)
	}
}

// arguments are a context and zero values, but for variadic ones.
func arguments(method reflect.Type, _ reflect.Value) []reflect.Value {
	var args []reflect.Value
	for i := 1; i < method.NumIn(); i++ {
		switch in := method.In(i); {
		case method.IsVariadic() && i == method.NumIn()-1:
		case in == reflect.TypeFor[context.Context]():
			args = append(args, reflect.ValueOf(context.Background()))
		default:
			args = append(args, reflect.Zero(in))
		}
	}
	return args
}

func TestZeroChangesPredicatesAndOrderings(t *testing.T) {
	w := newWorld(t)
	id := must(w.a.Products.Where().First(t.Context())).ID
	w.unchanged(t, func() {
		_, err := w.a.Products.Update(t.Context(), id, gen.ProductChange{})
		wantError(t, err, gen.ErrInvalid, "update product: invalid value (zero or repeated Change )")
		_, err = w.a.Products.Update(t.Context(), id, gen.Products.Price.Set(1), gen.Products.Price.Set(2))
		wantError(t, err, gen.ErrInvalid, "update product: invalid value (zero or repeated Change price)")
	})
	_, err := w.a.Products.OrderBy(gen.ProductOrdering{}).All(t.Context())
	wantError(t, err, gen.ErrInvalid, "list product: invalid value (zero Ordering)")
}
