package atlas

import (
	"context"
	"fmt"

	"github.com/sqlc-dev/meyer/token"

	"github.com/rowhouse/rowhouse/internal/model"
)

// readViews reads views one by one, since a view that does not work would
// fail the query for all.
func (i *inspection) readViews(ctx context.Context) error {
	const query = `SELECT name, sql FROM sqlite_master WHERE type = 'view' ORDER BY rowid`
	err := i.db.Query(ctx, func(scan func(...any) error) error {
		v := &model.View{}
		if err := scan(&v.Name, &v.SQL); err != nil {
			return err
		}
		v.Pos = i.places.object(token.VIEW, v.Name)
		i.schema.Views = append(i.schema.Views, v)
		return nil
	}, query)
	if err != nil {
		return err
	}
	for _, v := range i.schema.Views {
		err := i.readViewColumns(ctx, v)
		if err == nil {
			continue
		}
		if ctx.Err() != nil {
			return ctx.Err()
		}
		i.brokenView(v, err)
	}
	return nil
}

// brokenView reports a view that SQLite took, since it looks into views only
// when they are used.
func (i *inspection) brokenView(v *model.View, err error) {
	cause := &failure{message: err.Error(), offset: -1}
	if i.lost.explains(cause) {
		return
	}
	p := model.Problem{Pos: v.Pos, Message: cause.message}
	if st := i.places.objects[object{token.VIEW, model.Fold(v.Name)}]; st != nil {
		p = i.explain(st, cause)
	}
	p.Message = fmt.Sprintf("view %q does not work: %s", v.Name, p.Message)
	p.Fix = orElse(p.Fix, "correct its SELECT")
	i.problems = append(i.problems, p)
}

func (i *inspection) readViewColumns(ctx context.Context, v *model.View) error {
	const query = `SELECT name, type FROM pragma_table_xinfo(?, 'main') ORDER BY cid`
	return i.db.Query(ctx, func(scan func(...any) error) error {
		c := &model.Column{Pos: v.Pos, Collation: "BINARY"}
		if err := scan(&c.Name, &c.Type); err != nil {
			return err
		}
		v.Columns = append(v.Columns, c)
		return nil
	}, query, v.Name)
}

func (i *inspection) readTriggers(ctx context.Context) error {
	const query = `SELECT name, tbl_name, sql FROM sqlite_master WHERE type = 'trigger' ORDER BY rowid`
	return i.db.Query(ctx, func(scan func(...any) error) error {
		t := &model.Trigger{}
		if err := scan(&t.Name, &t.Table, &t.SQL); err != nil {
			return err
		}
		t.Pos = i.places.object(token.TRIGGER, t.Name)
		i.schema.Triggers = append(i.schema.Triggers, t)
		return nil
	}, query)
}
