package atlas

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/rowhouse/rowhouse/internal/model"
)

// File is one file of SQL.
type File = model.File

// maxFilesSize bounds the SQL of one schema, all of which is held in memory
// several times over.
const maxFilesSize = 32 << 20

// maxLine is the longest line that sqlc reads. It ignores the rest of a file
// from a longer line on, and says nothing.
const maxLine = 64<<10 - 1

// ConfigError says that the configuration cannot be used: a folder that is
// not there, a key of atlas.hcl that means nothing. What is wrong inside a
// schema is reported as model.Problems instead.
type ConfigError struct {
	Problems model.Problems
	Err      error // what lies beneath, such as fs.ErrNotExist; or nil
}

// configError returns problems, in order, as a *ConfigError; nil when there
// are none.
func configError(problems model.Problems, err error) error {
	if len(problems) == 0 {
		return nil
	}
	var sorted model.Problems
	_ = errors.As(problems.Err(), &sorted)
	return &ConfigError{Problems: sorted, Err: err}
}

// Error returns one problem a line.
func (e *ConfigError) Error() string { return e.Problems.Error() }

// Unwrap returns the problems and what lies beneath them.
func (e *ConfigError) Unwrap() []error {
	if e.Err == nil {
		return []error{e.Problems}
	}
	return []error{e.Problems, e.Err}
}

// ReadFiles reads the *.sql files that paths name, relative to root, in the
// order sqlc reads them: path by path, folders in name order. Hidden files,
// "*.down.sql" and the part of a file that undoes a migration are left out,
// as sqlc leaves them out.
//
// It returns a *ConfigError when a path names nothing, and model.Problems
// when a file is not readable SQL text.
func ReadFiles(root string, paths []string) ([]File, error) {
	return readFiles(root, paths, "sql.schema in sqlc.yaml")
}

// SchemaFiles reads the files that src of the environment names, as ReadFiles
// does, in the order in which they replay.
func (e *Env) SchemaFiles(root string) ([]File, error) {
	files, err := readFiles(root, e.Schema, fmt.Sprintf("src of env %q in %s", e.Name, ConfigFile))
	if err != nil {
		return nil, err
	}
	return Imported(files)
}

// readFiles reads the files that a setting names.
func readFiles(root string, paths []string, setting string) ([]File, error) {
	names, err := listFiles(root, paths, setting)
	if err != nil {
		return nil, err
	}
	var (
		files    []File
		problems model.Problems
		size     int64
	)
	for _, name := range names {
		info, err := os.Stat(under(root, name))
		if err == nil {
			size += info.Size()
		}
		if size > maxFilesSize {
			problems.Add(model.Position{File: name}, "move rows out of the schema: it holds definitions",
				"the schema is larger than %d MB up to this file", maxFilesSize>>20)
			return nil, problems.Err()
		}
		content, err := os.ReadFile(under(root, name))
		if err != nil {
			problems.Add(model.Position{File: name}, "make it a readable file, or remove it", "cannot be read: %s", reason(err))
			continue
		}
		if p, ok := checkText(name, content); !ok {
			problems = append(problems, p)
			continue
		}
		files = append(files, File{Name: name, Text: withoutRollback(string(content))})
	}
	return files, problems.Err()
}

// listFiles returns the names of the SQL files, each once.
func listFiles(root string, paths []string, setting string) ([]string, error) {
	var (
		names    []string
		problems model.Problems
		causes   []error
	)
	for _, path := range paths {
		found, err := filesOf(root, path)
		if err != nil {
			causes = append(causes, err)
			problems.Add(model.Position{File: path}, missingFix(err, setting), "%s", reason(err))
		}
		for _, name := range found {
			if !slices.Contains(names, name) {
				names = append(names, name)
			}
		}
	}
	if len(paths) == 0 {
		problems.Add(model.Position{}, "set "+setting, "no schema folder is configured")
	}
	return names, configError(problems, errors.Join(causes...))
}

// errNoFiles says that a folder or pattern holds no SQL.
var errNoFiles = errors.New("no *.sql file in it")

// filesOf returns the SQL files of one file, folder or pattern.
func filesOf(root, path string) ([]string, error) {
	matches := []string{under(root, path)}
	if strings.ContainsAny(path, "*?[]") {
		var err error
		if matches, err = filepath.Glob(under(root, path)); err != nil {
			return nil, err
		}
	}
	var names []string
	for _, match := range matches {
		found, err := expand(match)
		if err != nil {
			return nil, err
		}
		for _, name := range found {
			names = append(names, relative(root, path, name))
		}
	}
	if len(names) == 0 {
		return nil, errNoFiles
	}
	return names, nil
}

// expand returns the SQL files of a folder, or the file itself.
func expand(path string) ([]string, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	found := []string{path}
	if info.IsDir() {
		entries, err := os.ReadDir(path)
		if err != nil {
			return nil, err
		}
		found = found[:0]
		for _, entry := range entries {
			found = append(found, filepath.Join(path, entry.Name()))
		}
	}
	return slices.DeleteFunc(found, func(name string) bool { return !isSchemaFile(filepath.Base(name)) }), nil
}

// IsFolder reports whether a path of the configuration is a folder.
func IsFolder(root, path string) bool {
	info, err := os.Stat(under(root, path))
	return err == nil && info.IsDir()
}

func isSchemaFile(base string) bool {
	return strings.HasSuffix(base, ".sql") &&
		!strings.HasSuffix(base, ".down.sql") &&
		!strings.HasPrefix(base, ".")
}

// under returns where a path of the configuration lies on disk.
func under(root, path string) string {
	if filepath.IsAbs(path) {
		return filepath.Clean(path)
	}
	return filepath.Join(root, path)
}

// relative turns a name on disk back into the user's spelling of it.
func relative(root, path, name string) string {
	if filepath.IsAbs(path) {
		return filepath.ToSlash(name)
	}
	if rel, err := filepath.Rel(root, name); err == nil {
		name = rel
	}
	return filepath.ToSlash(name)
}

// reason is an error without the path that the position already names.
func reason(err error) string {
	if errors.Is(err, fs.ErrNotExist) {
		return "no such file or folder"
	}
	var pathErr *fs.PathError
	if errors.As(err, &pathErr) {
		return pathErr.Err.Error()
	}
	return err.Error()
}

func missingFix(err error, setting string) string {
	if errors.Is(err, errNoFiles) {
		return "put the CREATE TABLE statements there, in files that end in .sql"
	}
	return "create it, or correct " + setting
}

// checkText reports content that no SQL tool reads as the text it looks like.
func checkText(name string, content []byte) (model.Problem, bool) {
	problem := model.Problem{Pos: model.Position{File: name, Line: 1, Column: 1}}
	at := func(offset int) model.Position { return model.At(name, string(content), offset) }
	switch {
	case bytes.HasPrefix(content, []byte("\xff\xfe")), bytes.HasPrefix(content, []byte("\xfe\xff")):
		problem.Message, problem.Fix = "the file is UTF-16", "save it as UTF-8"
	case bytes.HasPrefix(content, []byte("\xef\xbb\xbf")):
		problem.Message, problem.Fix = "the file starts with a byte order mark, which sqlc rejects", "save it as UTF-8 without BOM"
	case bytes.IndexByte(content, 0) >= 0:
		problem.Pos = at(bytes.IndexByte(content, 0))
		problem.Message, problem.Fix = "NUL byte: SQLite would ignore the rest of the file", "remove it"
	case !utf8.Valid(content):
		problem.Pos = at(invalidAt(content))
		problem.Message, problem.Fix = "the text is not valid UTF-8 here", "save the file as UTF-8"
	default:
		offset := longLine(content)
		if offset < 0 {
			return model.Problem{}, true
		}
		problem.Pos = at(offset)
		problem.Message = fmt.Sprintf("the line is longer than %d bytes: sqlc would ignore the rest of the file", maxLine)
		problem.Fix = "break the line"
	}
	return problem, false
}

// invalidAt returns the offset of the first byte that is not UTF-8.
func invalidAt(content []byte) int {
	offset := 0
	for offset < len(content) {
		r, width := utf8.DecodeRune(content[offset:])
		if r == utf8.RuneError && width == 1 {
			break
		}
		offset += width
	}
	return offset
}

// longLine returns where the first line starts that is too long; -1 if none.
func longLine(content []byte) int {
	for start := 0; start < len(content); {
		end := bytes.IndexByte(content[start:], '\n')
		if end < 0 {
			end = len(content) - start
		}
		if end > maxLine {
			return start
		}
		start += end + 1
	}
	return -1
}

// rollbackMarks start the part of a migration file that undoes it, in the
// formats of goose, sql-migrate, tern and dbmate.
var rollbackMarks = []string{
	"-- +goose down",
	"-- +migrate down",
	"---- create above / drop below ----",
	"-- migrate:down",
}

// withoutRollback cuts the text where the rollback part begins.
func withoutRollback(text string) string {
	offset := 0
	for line := range strings.Lines(text) {
		for _, mark := range rollbackMarks {
			if len(line) >= len(mark) && strings.EqualFold(line[:len(mark)], mark) {
				return text[:offset]
			}
		}
		offset += len(line)
	}
	return text
}
