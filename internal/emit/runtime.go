package emit

import (
	"bytes"
	"fmt"

	"github.com/rowhouse/rowhouse/internal/runtime"
)

// carried returns the runtime's files as files of the generated package.
func carried(pkg string) (map[string][]byte, error) {
	entries, err := runtime.Source.ReadDir(".")
	if err != nil {
		return nil, err
	}
	files := map[string][]byte{}
	for _, entry := range entries {
		text, err := runtime.Source.ReadFile(entry.Name())
		if err != nil {
			return nil, err
		}
		body, found := bytes.CutPrefix(text, []byte("package runtime\n"))
		if !found {
			return nil, fmt.Errorf("runtime/%s does not begin with its package clause", entry.Name())
		}
		files["rowhouse_"+entry.Name()] = fmt.Appendf(nil, "%s\n\npackage %s\n%s", Header, pkg, body)
	}
	return files, nil
}
