package model

// File is one file of SQL.
type File struct {
	Name string // as the user would type it
	Text string
}
