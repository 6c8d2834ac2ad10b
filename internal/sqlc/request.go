package sqlc

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"

	"github.com/rowhouse/rowhouse/internal/config"
	"github.com/rowhouse/rowhouse/internal/model"
)

// Request is what sqlc hands to a plugin with "format: json".
type Request struct {
	Engine  string
	Schema  []string // paths as in sqlc.yaml, relative to its folder
	Queries []string // likewise
	Out     string   // folder of the generated package, likewise
	Options []byte   // the plugin's options as JSON, for [config.ParseOptions]

	queries []wireQuery
}

// ReadRequest reads a request of sqlc to generate code.
func ReadRequest(r io.Reader) (*Request, error) {
	wire, err := decode(r)
	if err != nil {
		return nil, err
	}
	settings := wire.Settings
	options := wire.PluginOptions
	if len(options) == 0 {
		options = settings.Codegen.Options
	}
	return &Request{
		Engine:  settings.Engine,
		Schema:  settings.Schema,
		Queries: settings.Queries,
		Out:     settings.Codegen.Out,
		Options: options,
		queries: wire.Queries,
	}, nil
}

// Target returns the request's part of the configuration. It returns a
// *config.Error where the options are wrong.
func (r *Request) Target() (config.Target, error) {
	options, err := config.ParseOptions(r.Options)
	if err != nil {
		return config.Target{}, err
	}
	return config.Target{
		Engine:  r.Engine,
		Schema:  r.Schema,
		Queries: r.Queries,
		Out:     r.Out,
		Options: options,
	}, nil
}

// Analyzed returns the request's queries as [Analyze] would have, and the
// same problems. It reads the query files below root, the folder of
// sqlc.yaml: sqlc does not say where in them a query is.
func (r *Request) Analyzed(root string) ([]*model.Query, error) {
	statements, problems, err := readQueries(root, r.Queries)
	if err != nil {
		return nil, err
	}
	queries, found := compile(sound(statements), r.queries)
	if problems = append(problems, found...); len(problems) > 0 {
		return nil, problems.Err()
	}
	return queries, nil
}

// WriteResponse answers a request with the generated files, by their names
// relative to the request's folder Out.
func WriteResponse(w io.Writer, files map[string][]byte) error {
	type file struct {
		Name     string `json:"name"`
		Contents []byte `json:"contents"`
	}
	response := struct {
		Files []file `json:"files"`
	}{Files: []file{}}
	for _, name := range slices.Sorted(maps.Keys(files)) {
		response.Files = append(response.Files, file{name, files[name]})
	}
	if err := json.NewEncoder(w).Encode(response); err != nil {
		return fmt.Errorf("answer sqlc: %w", err)
	}
	return nil
}

// wireRequest is sqlc's plugin.GenerateRequest in JSON with the names of the
// .proto file, as far as rowhouse reads it.
type wireRequest struct {
	Settings struct {
		Engine  string   `json:"engine"`
		Schema  []string `json:"schema"`
		Queries []string `json:"queries"`
		Codegen struct {
			Out     string `json:"out"`
			Options []byte `json:"options"`
		} `json:"codegen"`
	} `json:"settings"`
	Queries       []wireQuery `json:"queries"`
	PluginOptions []byte      `json:"plugin_options"`
}

type wireQuery struct {
	Text            string          `json:"text"`
	Name            string          `json:"name"`
	Cmd             string          `json:"cmd"`
	Columns         []wireColumn    `json:"columns"`
	InsertIntoTable *wireIdentifier `json:"insert_into_table"`
}

type wireColumn struct {
	Name       string          `json:"name"`
	EmbedTable *wireIdentifier `json:"embed_table"`
}

type wireIdentifier struct {
	Name string `json:"name"`
}

func (id *wireIdentifier) name() string {
	if id == nil {
		return ""
	}
	return id.Name
}

// decode reads one request and nothing else.
func decode(r io.Reader) (*wireRequest, error) {
	var request wireRequest
	decoder := json.NewDecoder(r)
	if err := decoder.Decode(&request); err != nil {
		return nil, fmt.Errorf("read sqlc's request: %w", err)
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		return nil, errors.New("read sqlc's request: more than one JSON value")
	}
	return &request, nil
}
