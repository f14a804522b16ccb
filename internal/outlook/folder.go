package outlook

import (
	"context"
	"net/http"

	abs "github.com/microsoft/kiota-abstractions-go"
	"github.com/microsoftgraph/msgraph-sdk-go/models"
	"github.com/microsoftgraph/msgraph-sdk-go/users"

	"contactbridge/internal/contact"
)

// DefaultFolder is the alias under which Graph knows every mailbox's own contacts folder.
const DefaultFolder = "Contacts"

// maxFolderPages ends a listing whose links never end.
const maxFolderPages = 100

// Folder is one contacts folder of the mailbox.
type Folder struct {
	ID      string
	Name    string
	Default bool
}

type wireFolder struct {
	ID          string `json:"id"`
	DisplayName string `json:"displayName"`
}

// Folders lists the default folder first, then the folders below it. Graph's list hides the default folder, which is
// therefore asked for by its alias. Errors are *contact.Error.
func (c *Client) Folders(ctx context.Context) ([]Folder, error) {
	const doing = "list the contact folders in Outlook"
	first, err := c.Folder(ctx, DefaultFolder)
	if err != nil {
		return nil, err
	}
	info, err := c.me().ContactFolders().ToGetRequestInformation(ctx, &users.ItemContactFoldersRequestBuilderGetRequestConfiguration{
		Headers: immutable(),
		QueryParameters: &users.ItemContactFoldersRequestBuilderGetQueryParameters{
			Select: []string{"id", "displayName"},
		},
	})
	if err != nil {
		return nil, bug(doing, err)
	}
	folders := []Folder{first}
	err = eachPage(ctx, c, doing, info, maxFolderPages, func(page []wireFolder) {
		for _, f := range page {
			// Microsoft's samples show the default folder in the list, its known issues deny it.
			if f.ID != "" && f.ID != first.ID {
				folders = append(folders, Folder{ID: f.ID, Name: f.DisplayName})
			}
		}
	})
	if err != nil {
		return nil, err
	}
	return folders, nil
}

// Folder finds a folder by its id or by DefaultFolder. One that does not exist is an error of kind BadInput.
func (c *Client) Folder(ctx context.Context, idOrAlias string) (Folder, error) {
	const doing = "look up the contact folder in Outlook"
	if err := c.ready(); err != nil {
		return Folder{}, err
	}
	if idOrAlias == "" {
		return Folder{}, &contact.Error{Kind: contact.BadInput, Doing: doing, Sentence: "Choose an Outlook folder."}
	}
	info, err := c.folderRequest(ctx, idOrAlias)
	if err != nil {
		return Folder{}, bug(doing, err)
	}
	a, err := c.send(ctx, doing, info)
	if err != nil {
		return Folder{}, err
	}
	var f wireFolder
	if err := a.decode(doing, &f); err != nil {
		return Folder{}, unknownFolder(err, a)
	}
	if f.ID == "" {
		return Folder{}, notJSON(doing)
	}
	return Folder{ID: f.ID, Name: f.DisplayName, Default: idOrAlias == DefaultFolder}, nil
}

// CreateFolder makes a folder below the default one. A name that is taken or refused is an error of kind BadInput.
func (c *Client) CreateFolder(ctx context.Context, name string) (Folder, error) {
	const doing = "create a contact folder in Outlook"
	if err := c.ready(); err != nil {
		return Folder{}, err
	}
	body := models.NewContactFolder()
	body.SetDisplayName(&name)
	info, err := c.me().ContactFolders().ToPostRequestInformation(ctx, body,
		&users.ItemContactFoldersRequestBuilderPostRequestConfiguration{Headers: immutable()})
	if err != nil {
		return Folder{}, bug(doing, err)
	}
	a, err := c.send(ctx, doing, info)
	if err != nil {
		return Folder{}, err
	}
	var f wireFolder
	if err := a.decode(doing, &f); err != nil {
		if a.status == http.StatusConflict || a.status == http.StatusBadRequest {
			return Folder{}, &contact.Error{
				Kind: contact.BadInput, Doing: doing, Code: a.code(), Sentence: "Outlook refuses this folder name, or has it already.",
			}
		}
		return Folder{}, err
	}
	return Folder{ID: f.ID, Name: f.DisplayName}, nil
}

func (c *Client) folderRequest(ctx context.Context, idOrAlias string) (*abs.RequestInformation, error) {
	return c.me().ContactFolders().ByContactFolderId(idOrAlias).ToGetRequestInformation(ctx,
		&users.ItemContactFoldersContactFolderItemRequestBuilderGetRequestConfiguration{
			Headers: immutable(),
			QueryParameters: &users.ItemContactFoldersContactFolderItemRequestBuilderGetQueryParameters{
				Select: []string{"id", "displayName"},
			},
		})
}

// unknownFolder turns the refusal of a folder's id into BadInput; a malformed id is answered with 400.
func unknownFolder(err error, a answer) error {
	kind := contact.KindOf(err)
	if a.status == http.StatusBadRequest || (a.status == http.StatusNotFound && kind != contact.NeedsAdmin) {
		return &contact.Error{
			Kind: contact.BadInput, Doing: "look up the contact folder in Outlook", Code: a.code(), Sentence: folderGone,
		}
	}
	return err
}
