package database

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// URLError says that a database URL cannot be used.
type URLError struct {
	URL string
	Fix string
	Err error
}

// Error returns the cause and the fix.
func (e *URLError) Error() string {
	return fmt.Sprintf("database %q: %v; %s", e.URL, e.Err, e.Fix)
}

// Unwrap returns the cause.
func (e *URLError) Unwrap() error { return e.Err }

// lockWait is how long a connection waits for another one's lock where the URL
// has no _busy_timeout.
const lockWait = 30 * time.Second

// Open opens the database of a URL as atlas.hcl has it, sqlite://app.db?_fk=1,
// or a bare path, relative to the folder root. With create the file is made
// where it is missing.
//
// Foreign keys are on, whatever the URL says: a migration that is right with
// them is right without. It returns a *URLError when the URL is no SQLite
// database.
func Open(ctx context.Context, root, rawURL string, create bool) (*DB, error) {
	path, options, err := parse(rawURL)
	if err != nil {
		return nil, err
	}
	if !filepath.IsAbs(path) {
		path = filepath.Join(root, path)
	}
	if !create {
		if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
			return nil, &URLError{rawURL, "make it with rowhouse migrate apply, or correct the URL", fs.ErrNotExist}
		}
	}
	d, err := start(ctx, connector{dsn: dsn(path, options)})
	if err != nil {
		return nil, unopened(rawURL, err)
	}
	var objects int
	if err := d.Row(ctx, "SELECT count(*) FROM sqlite_master", nil, &objects); err != nil {
		_ = d.Close()
		return nil, unopened(rawURL, err)
	}
	return d, nil
}

// unopened explains a database that cannot be opened. To find a lock there, it
// must be the right one.
func unopened(rawURL string, err error) error {
	if IsBusy(err) {
		return &URLError{rawURL, "wait for the program that has locked it, or longer with _busy_timeout in the URL (milliseconds)", err}
	}
	return &URLError{rawURL, "correct the URL", err}
}

// parse splits a URL into the path of a file and the driver's options.
func parse(rawURL string) (path string, options url.Values, err error) {
	const fix = `write it as sqlite://path/to/app.db`
	if rawURL == "" {
		return "", nil, &URLError{rawURL, "name it with --url, or set url in atlas.hcl", errors.New("there is no URL")}
	}
	path, query, _ := strings.Cut(rawURL, "?")
	if scheme, rest, ok := strings.Cut(path, "://"); ok {
		if scheme != "sqlite" && scheme != "sqlite3" && scheme != "file" {
			return "", nil, &URLError{rawURL, fix, fmt.Errorf("%s is not a kind of database that rowhouse migrates", scheme)}
		}
		path = rest
	}
	path = strings.TrimPrefix(path, "file:")
	options, err = url.ParseQuery(query)
	if err != nil {
		return "", nil, &URLError{rawURL, fix, err}
	}
	if path == "" || strings.Contains(path, ":memory:") || options.Get("mode") == "memory" {
		return "", nil, &URLError{rawURL, fix, errors.New("a database in memory is gone when the command ends")}
	}
	return path, options, nil
}

// dsn is what the driver calls a database: its file and options.
func dsn(path string, options url.Values) string {
	options.Del("_fk")
	options.Set("_foreign_keys", "1")
	if !options.Has("_busy_timeout") && !options.Has("_timeout") {
		options.Set("_busy_timeout", strconv.FormatInt(lockWait.Milliseconds(), 10))
	}
	return "file:" + (&url.URL{Path: path}).EscapedPath() + "?" + options.Encode()
}
