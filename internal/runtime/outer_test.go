package runtime

import (
	"testing"
	"time"
)

// TestPresent scans a row that an outer join finds, and one that it does not.
func TestPresent(t *testing.T) {
	type user struct {
		name string
		at   time.Time
	}
	for _, test := range []struct {
		name, at any
		want     *user
	}{
		{nil, nil, nil},
		{"Ann", int64(7), &user{"Ann", time.Unix(7, 0).UTC()}},
		{[]byte("Bob"), int64(0), &user{"Bob", time.Unix(0, 0).UTC()}},
	} {
		got, row := &user{"left over", time.Time{}}, user{}
		for i, column := range []outer{
			present(&got, &row, &row.name),
			unlessNull(unixField(&row.at)),
		} {
			if err := assign(column, []any{test.name, test.at}[i]); err != nil {
				t.Fatal(err)
			}
		}
		if (got == nil) != (test.want == nil) || got != nil && *got != *test.want {
			t.Errorf("%v, %v: got %v, want %v", test.name, test.at, got, test.want)
		}
	}
}

func TestUnlessNullRefusesWhatDoesNotFit(t *testing.T) {
	n := int64(5)
	if err := assign(unlessNull(&n), "five"); err == nil {
		t.Error("read a word as a number")
	}
}
