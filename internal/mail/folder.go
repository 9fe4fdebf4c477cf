package mail

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"regexp"
)

// Folder is a Mailer that sends nothing: it writes each letter into a folder,
// where people and tests can read it, and a line into the log. The line does not
// hold the text, which may open an account.
type Folder struct {
	// Path is the folder; it is made when the first letter comes.
	Path string
	Log  *slog.Logger
}

const folderSender = "shop@shopgraph.example"

var fileName = regexp.MustCompile(`^[A-Za-z0-9_-]{1,100}$`)

// Send implements Mailer.
func (f Folder) Send(_ context.Context, m Message) error {
	if !fileName.MatchString(m.ID) {
		return fmt.Errorf("%q cannot be the name of a file", m.ID)
	}
	text, err := m.format(folderSender)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(f.Path, 0o700); err != nil {
		return err
	}
	// Whoever reads the folder sees whole letters only.
	unfinished := filepath.Join(f.Path, "."+m.ID)
	if err := os.WriteFile(unfinished, text, 0o600); err != nil {
		return err
	}
	file := filepath.Join(f.Path, m.ID+".eml")
	if err := os.Rename(unfinished, file); err != nil {
		return err
	}
	f.Log.Info("mail", "to", m.To, "subject", m.Subject, "file", file)
	return nil
}
