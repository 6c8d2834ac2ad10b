package atlas

import (
	"path"
	"slices"

	"github.com/rowhouse/rowhouse/internal/model"
)

// importDirective is the line at the top of a schema file,
//
//	-- atlas:import product.sql
//
// that names a file, as seen from its own folder, which has to come before it.
const importDirective = "import"

// Imported returns the files of a schema in the order in which they replay:
// their own, but for those that others import, which come before these. It
// returns model.Problems where there is no such order.
func Imported(files []File) ([]File, error) {
	in := &importing{files: files, state: make([]importState, len(files))}
	for i := range files {
		if in.state[i] == notImported {
			in.add(i)
		}
	}
	return in.sorted, in.problems.Err()
}

type importing struct {
	files    []File
	state    []importState
	sorted   []File
	problems model.Problems
}

type importState int

const (
	notImported importState = iota
	isImporting             // what it imports is being added
	isImported
)

// add adds a file behind those that it imports.
func (in *importing) add(i int) {
	file := in.files[i]
	in.state[i] = isImporting
	for _, name := range fileDirective(file, importDirective) {
		pos := model.Position{File: file.Name}
		at := slices.IndexFunc(in.files, func(other File) bool { return other.Name == path.Join(path.Dir(file.Name), name) })
		switch {
		case at < 0:
			in.problems.Add(pos, "correct the line -- atlas:import, or run rowhouse generate if the file is generated", "it imports %q, which is no file of the schema", name)
		case in.state[at] == isImporting:
			in.problems.Add(pos, "remove one of the lines -- atlas:import", "it imports %q, which imports it in turn", name)
		case in.state[at] == notImported:
			in.add(at)
		}
	}
	in.state[i] = isImported
	in.sorted = append(in.sorted, file)
}
