package gen_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/rowhouse/rowhouse/gen"
)

var errMine = errors.New("mine")

// names returns the names of the products, past the generated code and any
// transaction.
func (w *world) names(t *testing.T) []string {
	t.Helper()
	return texts(t, w.db, `SELECT name FROM product WHERE organization_id = ? AND deleted_at IS NULL`, w.a.id)
}

func create(t *testing.T, scope *gen.Scope, names ...string) {
	t.Helper()
	for _, name := range names {
		if _, err := scope.Products.Create(t.Context(), gen.NewProduct{Name: name}); err != nil {
			t.Errorf("Create(%s): %v", name, err)
		}
	}
}

// What remains of transactions, nested or not, however they end.
func TestInTx(t *testing.T) {
	for _, c := range []struct {
		name string
		run  func(t *testing.T, ctx context.Context, s *gen.Scope) error
		want []string // besides Lamp and Table
		err  error
	}{
		{"commit", func(t *testing.T, ctx context.Context, s *gen.Scope) error {
			return s.InTx(ctx, func(tx *gen.Scope) error { create(t, tx, "1", "2"); return nil })
		}, []string{"1", "2"}, nil},
		{"nothing done", func(_ *testing.T, ctx context.Context, s *gen.Scope) error {
			return s.InTx(ctx, func(*gen.Scope) error { return nil })
		}, nil, nil},
		{"error", func(t *testing.T, ctx context.Context, s *gen.Scope) error {
			return s.InTx(ctx, func(tx *gen.Scope) error { create(t, tx, "1"); return errMine })
		}, nil, errMine},
		{"own writes are seen", func(t *testing.T, ctx context.Context, s *gen.Scope) error {
			return s.InTx(ctx, func(tx *gen.Scope) error {
				create(t, tx, "1")
				if n := must(tx.Products.Where(gen.Products.Name.Eq("1")).Count(ctx)); n != 1 {
					t.Errorf("the transaction sees %d of its own row", n)
				}
				return nil
			})
		}, []string{"1"}, nil},
		{"a failed statement is no failed transaction", func(t *testing.T, ctx context.Context, s *gen.Scope) error {
			return s.InTx(ctx, func(tx *gen.Scope) error {
				create(t, tx, "1")
				_, err := tx.Products.Create(ctx, gen.NewProduct{}.WithID(must(tx.Products.Where().First(ctx)).ID))
				wantError(t, err, gen.ErrConflict, "create product: conflict with another row (product.id)")
				_, err = tx.Products.CreateMany(ctx, make([]gen.NewProduct, 2))
				if err == nil {
					_, err = tx.Products.Where(gen.Products.Name.Eq("")).Delete(ctx)
				}
				return err
			})
		}, []string{"1"}, nil},
		{"both levels", func(t *testing.T, ctx context.Context, s *gen.Scope) error {
			return s.InTx(ctx, func(tx *gen.Scope) error {
				create(t, tx, "1")
				return tx.InTx(ctx, func(tx *gen.Scope) error { create(t, tx, "2"); return nil })
			})
		}, []string{"1", "2"}, nil},
		{"the inner one fails", func(t *testing.T, ctx context.Context, s *gen.Scope) error {
			return s.InTx(ctx, func(tx *gen.Scope) error {
				create(t, tx, "1")
				if err := tx.InTx(ctx, func(tx *gen.Scope) error { create(t, tx, "2"); return errMine }); !errors.Is(err, errMine) {
					t.Errorf("the inner transaction: %v", err)
				}
				create(t, tx, "3")
				return nil
			})
		}, []string{"1", "3"}, nil},
		{"the outer one fails", func(t *testing.T, ctx context.Context, s *gen.Scope) error {
			return s.InTx(ctx, func(tx *gen.Scope) error {
				if err := tx.InTx(ctx, func(tx *gen.Scope) error { create(t, tx, "1"); return nil }); err != nil {
					t.Error(err)
				}
				return errMine
			})
		}, nil, errMine},
		{"siblings and grandchildren", func(t *testing.T, ctx context.Context, s *gen.Scope) error {
			return s.InTx(ctx, func(tx *gen.Scope) error {
				for i, err := range []error{nil, errMine, nil} {
					_ = tx.InTx(ctx, func(tx *gen.Scope) error {
						create(t, tx, fmt.Sprint(i))
						_ = tx.InTx(ctx, func(tx *gen.Scope) error { create(t, tx, fmt.Sprint(i, "x")); return errMine })
						_ = tx.InTx(ctx, func(tx *gen.Scope) error { create(t, tx, fmt.Sprint(i, "y")); return nil })
						return err
					})
				}
				return nil
			})
		}, []string{"0", "0y", "2", "2y"}, nil},
		{"a panic inside that is recovered", func(t *testing.T, ctx context.Context, s *gen.Scope) error {
			return s.InTx(ctx, func(tx *gen.Scope) error {
				create(t, tx, "1")
				if r := recovered(func() {
					_ = tx.InTx(ctx, func(tx *gen.Scope) error { create(t, tx, "2"); panic(errMine) })
				}); r != errMine { //nolint:errorlint // the very value
					t.Errorf("recovered %v", r)
				}
				create(t, tx, "3")
				return nil
			})
		}, []string{"1", "3"}, nil},
		{"an inner context that ends", func(t *testing.T, ctx context.Context, s *gen.Scope) error {
			return s.InTx(ctx, func(tx *gen.Scope) error {
				create(t, tx, "1")
				inner, cancel := context.WithCancel(ctx)
				err := tx.InTx(inner, func(tx *gen.Scope) error {
					create(t, tx, "2")
					cancel()
					_, err := tx.Teams.Create(inner, gen.NewTeam{Name: "Late"})
					return err
				})
				if !errors.Is(err, context.Canceled) {
					t.Errorf("the inner transaction: %v, want context.Canceled", err)
				}
				// A statement that was first run with an ended context works with another.
				must(tx.Teams.Create(ctx, gen.NewTeam{Name: "Later"}))
				create(t, tx, "3")
				return nil
			})
		}, []string{"1", "3"}, nil},
		{"a bulk update within", func(t *testing.T, ctx context.Context, s *gen.Scope) error {
			return s.InTx(ctx, func(tx *gen.Scope) error { // whose test of references is a savepoint
				create(t, tx, "1")
				n, err := tx.TeamMembers.Where().Update(ctx, gen.TeamMembers.UserID.Set("missing"))
				if n != 0 || !errors.Is(err, gen.ErrReference) {
					t.Errorf("Update = %d, %v, want ErrReference", n, err)
				}
				return nil
			})
		}, []string{"1"}, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			for _, prepared := range []bool{false, true} { // before the transaction, or within
				w := newWorld(t)
				if prepared {
					create(t, w.a.Scope, "before")
					must(w.a.Products.Where(gen.Products.Name.Eq("before")).Delete(t.Context()))
				} else {
					if err := w.store.Close(); err != nil {
						t.Fatal(err)
					}
				}
				w.db.SetMaxOpenConns(1) // a second one would be waited for, for ever
				teams := w.rows(t, "team_member")
				ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
				defer cancel()
				if err := c.run(t, ctx, w.a.Scope); err != c.err { //nolint:errorlint // the very same error
					t.Errorf("InTx: %v, want %v", err, c.err)
				}
				want := append([]string{"Lamp", "Table"}, c.want...)
				slices.Sort(want)
				if got := w.names(t); !slices.Equal(got, want) {
					t.Errorf("then there are %q, want %q", got, want)
				}
				if got := w.rows(t, "team_member"); !slices.Equal(got, teams) {
					t.Errorf("team_member became %v", got)
				}
				create(t, w.a.Scope, "after") // and nothing is locked
			}
		})
	}
}

func recovered(f func()) (r any) {
	defer func() { r = recover() }()
	f()
	return nil
}

// A panic rolls back, and goes on.
func TestInTxPanics(t *testing.T) {
	w := newWorld(t)
	w.db.SetMaxOpenConns(1)
	w.unchanged(t, func() {
		r := recovered(func() {
			_ = w.a.InTx(t.Context(), func(tx *gen.Scope) error {
				create(t, tx, "1")
				return tx.InTx(t.Context(), func(tx *gen.Scope) error {
					create(t, tx, "2")
					panic(errMine)
				})
			})
		})
		if r != errMine { //nolint:errorlint // the very value
			t.Errorf("recovered %v, want the panic's own value", r)
		}
	})
	create(t, w.a.Scope, "after")
}

// When the context ends, so does the transaction, whether or not f notices.
func TestInTxIsCancelled(t *testing.T) {
	w := newWorld(t)
	w.db.SetMaxOpenConns(1)
	for range 20 { // database/sql rolls back at its own time
		ctx, cancel := context.WithCancel(t.Context())
		for name, f := range map[string]func(tx *gen.Scope) error{
			"unnoticed": func(tx *gen.Scope) error { create(t, tx, "1"); cancel(); return nil },
			"noticed": func(tx *gen.Scope) error {
				create(t, tx, "1")
				cancel()
				_, err := tx.Products.Create(ctx, gen.NewProduct{Name: "2"})
				return err
			},
			"unnoticed until it is rolled back": func(tx *gen.Scope) error {
				create(t, tx, "1")
				cancel()
				time.Sleep(5 * time.Millisecond)
				return nil
			},
			"nested": func(tx *gen.Scope) error {
				return tx.InTx(ctx, func(tx *gen.Scope) error { create(t, tx, "1"); cancel(); return nil })
			},
		} {
			ctx, cancel = context.WithCancel(t.Context()) //nolint:fatcontext // the one that f cancels
			if err := w.a.InTx(ctx, f); !errors.Is(err, context.Canceled) {
				t.Errorf("%s: %v, want context.Canceled", name, err)
			}
			cancel()
		}
		err := w.a.InTx(ctx, func(*gen.Scope) error { t.Error("began though the context had ended"); return nil })
		if !errors.Is(err, context.Canceled) {
			t.Errorf("ended before: %v, want context.Canceled", err)
		}
	}
	if got, want := w.names(t), []string{"Lamp", "Table"}; !slices.Equal(got, want) {
		t.Errorf("then there are %q, want %q", got, want)
	}
}

// What f was given is of no use after f.
func TestScopeOfAnEndedTransaction(t *testing.T) {
	w := newWorld(t)
	ctx := t.Context()
	var scopes []*gen.Scope
	var store *gen.Store
	var system *gen.System
	keep := func(tx *gen.Scope) error {
		scopes = append(scopes, tx)
		return tx.InTx(ctx, func(tx *gen.Scope) error { scopes = append(scopes, tx); return nil })
	}
	if err := w.a.InTx(ctx, keep); err != nil {
		t.Fatal(err)
	}
	_ = w.a.InTx(ctx, func(tx *gen.Scope) error { _ = keep(tx); return errMine })
	_ = w.store.InTx(ctx, func(tx *gen.Store) error {
		store = tx
		scopes = append(scopes, must(tx.Enter(ctx, w.a.owner, w.a.id)))
		return nil
	})
	_ = w.sys.InTx(ctx, func(tx *gen.System) error {
		system = tx
		scopes = append(scopes, must(tx.InOrganization(ctx, w.a.id)))
		return nil
	})
	_ = w.a.InTx(ctx, func(tx *gen.Scope) error { // an inner one ends before the outer one
		var inner *gen.Scope
		_ = tx.InTx(ctx, func(tx *gen.Scope) error { inner = tx; return nil })
		_, err := inner.Products.Count(ctx)
		wantError(t, err, gen.ErrNoScope, "count product: no scope")
		must(tx.Products.Count(ctx))
		return nil
	})
	failure := func(_ any, err error) error { return err }
	w.unchanged(t, func() {
		for i, scope := range scopes {
			for name, err := range map[string]error{
				"Create":       failure(scope.Products.Create(ctx, gen.NewProduct{})),
				"CreateMany":   failure(scope.Products.CreateMany(ctx, make([]gen.NewProduct, 2))),
				"Upsert":       failure(scope.Products.Upsert(ctx, gen.NewProduct{})),
				"All":          failure(scope.Products.All(ctx)),
				"Page":         failure(scope.Products.Page(ctx, gen.PageRequest{})),
				"Delete":       failure(scope.Products.Where().Delete(ctx)),
				"Load":         scope.Products.LoadCreator(ctx, make([]gen.Product, 1)),
				"Organization": failure(scope.Organization(ctx)),
				"Queries":      failure(scope.Queries.LatestProducts(ctx, 1)),
				"InTx":         scope.InTx(ctx, func(*gen.Scope) error { t.Error("began"); return nil }),
			} {
				if !errors.Is(err, gen.ErrNoScope) {
					t.Errorf("scope %d, %s: %v, want ErrNoScope", i, name, err)
				}
			}
		}
		for name, err := range map[string]error{
			"Enter":          failure(store.Enter(ctx, w.a.owner, w.a.id)),
			"Organizations":  failure(store.As(w.a.owner).Organizations(ctx)),
			"Users":          failure(system.Users.All(ctx)),
			"InOrganization": failure(system.InOrganization(ctx, w.a.id)),
			"Store.InTx":     store.InTx(ctx, func(*gen.Store) error { t.Error("began"); return nil }),
			"System.InTx":    system.InTx(ctx, func(*gen.System) error { t.Error("began"); return nil }),
			"System":         failure(store.System("tests").Users.All(ctx)),
		} {
			if !errors.Is(err, gen.ErrNoScope) {
				t.Errorf("%s: %v, want ErrNoScope", name, err)
			}
		}
	})
}

// The store, its System and a Scope are one within a transaction.
func TestStoreInTx(t *testing.T) {
	w := newWorld(t)
	w.db.SetMaxOpenConns(1)
	ctx := t.Context()
	signUp := func(fail error) error {
		return w.store.InTx(ctx, func(tx *gen.Store) error {
			sys := tx.System("sign-up")
			user := must(sys.Users.Create(ctx, gen.NewUser{Name: "Eve", Email: "eve@example.com"})).ID
			organization := must(sys.Organizations.Create(ctx, gen.NewOrganization{Name: "Eve", Slug: "eve"})).ID
			must(must(sys.InOrganization(ctx, organization)).Members.Create(ctx, gen.NewMember{UserID: user}))
			create(t, must(tx.Enter(ctx, user, organization)), "First")
			if n := len(must(tx.As(user).Organizations(ctx))); n != 1 {
				t.Errorf("Eve has %d organizations", n)
			}
			return fail
		})
	}
	w.unchanged(t, func() {
		if err := signUp(errMine); !errors.Is(err, errMine) {
			t.Errorf("signUp: %v", err)
		}
	})
	if err := signUp(nil); err != nil {
		t.Fatal(err)
	}
	eve := must(w.sys.Users.Where(gen.Users.Email.Eq("eve@example.com")).Only(ctx))
	if got := must(w.store.As(eve.ID).Organizations(ctx)); len(got) != 1 || got[0].Slug != "eve" {
		t.Errorf("Eve has %+v", got)
	}
}

// Transactions that read and then write wait for each other: nothing is lost,
// with one connection as with many.
func TestConcurrentTransactions(t *testing.T) {
	for _, connections := range []int{1, 0} {
		w := newWorld(t)
		w.db.SetMaxOpenConns(connections)
		ctx := t.Context()
		counter := must(w.a.Products.Create(ctx, gen.NewProduct{Name: "counter"})).ID
		const workers, rounds = 8, 15
		var wait sync.WaitGroup
		for i := range workers {
			wait.Go(func() {
				scope := []*gen.Scope{w.a.Scope, must(w.store.Enter(ctx, w.a.member, w.a.id))}[i%2]
				for round := range rounds {
					err := scope.InTx(ctx, func(tx *gen.Scope) error {
						p, err := tx.Products.Get(ctx, counter)
						if err != nil {
							return err
						}
						if round%5 == 4 { // a savepoint, a failure that is none, and a shape of its own
							_ = tx.InTx(ctx, func(tx *gen.Scope) error {
								must(tx.Products.Update(ctx, counter, gen.Products.Price.Set(-1)))
								return errMine
							})
						}
						_, err = tx.Products.Update(ctx, counter, gen.Products.Price.Set(p.Price+1))
						return err
					})
					if err != nil {
						t.Errorf("InTx: %v", err)
					}
					if _, err := scope.Products.Where(gen.Products.ID.Eq(counter)).Only(ctx); err != nil {
						t.Errorf("a read beside: %v", err)
					}
				}
			})
		}
		wait.Wait()
		if got := must(w.a.Products.Get(ctx, counter)).Price; got != workers*rounds {
			t.Errorf("with %d connections the counter is at %d, want %d", connections, got, workers*rounds)
		}
	}
}
