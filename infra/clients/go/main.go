// Walks the API with the client that openapi-generator's go generator writes.
package main

import (
	"context"
	"errors"
	"fmt"
	"log"
	"net/http"
	"net/url"
	"os"
	"reflect"
	"strings"
	"time"

	"ispcrm.test/walk/client"
)

func connect(token string) *client.APIClient {
	configuration := client.NewConfiguration()
	configuration.Servers = client.ServerConfigurations{{URL: os.Getenv("ISPCRM_URL")}}
	configuration.AddDefaultHeader("Authorization", "Bearer "+token)
	return client.NewAPIClient(configuration)
}

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}

func same(expected, actual any) {
	if !reflect.DeepEqual(expected, actual) {
		log.Fatalf("expected %v, got %v", expected, actual)
	}
}

func expect(status int, code string, response *http.Response, err error) {
	var failure *client.GenericOpenAPIError
	if !errors.As(err, &failure) {
		log.Fatalf("expected %d, got %v", status, err)
	}
	same(status, response.StatusCode)
	same(code, failure.Model().(client.ApiError).Code)
}

func main() {
	ctx := context.Background()
	api := connect(os.Getenv("ISPCRM_TOKEN"))
	users := api.UsersAPI
	id := fmt.Sprintf("go-%d", time.Now().UnixNano())

	root, _, err := api.StartAPI.DiscoverRoot(ctx).Execute()
	check(err)
	same(true, root.HasCreateUser())

	first, _, err := users.ListUsers(ctx).Limit(1).Execute()
	check(err)
	next, err := url.Parse(first.Links.GetNext())
	check(err)
	second, _, err := users.ListUsers(ctx).Limit(1).Cursor(next.Query().Get("cursor")).Execute()
	check(err)
	same(false, first.Users[0].GetId() == second.Users[0].GetId())

	request := client.NewCreateUserRequest()
	request.SetId(id)
	request.SetExpiration("2027-03-31")
	request.SetActivatedAt("2025-03-31T12:00:00Z")
	request.SetRadiusId(3000000000)
	created, _, err := users.CreateUser(ctx).CreateUserRequest(*request).Execute()
	check(err)
	same(int64(3000000000), created.Data.GetRadiusId())
	same("2027-03-31 00:00:00", created.Data.GetExpiration())
	same("2025-03-31 12:00:00", created.Data.GetActivatedAt())
	read, _, err := users.GetUser(ctx, id).Execute()
	check(err)
	same(created.Data, read.Data)

	change := client.NewUpdateUserRequest()
	change.SetStatus(client.SUSPENDED)
	change.SetStatusReason("unpaid")
	updated, _, err := users.UpdateUser(ctx, id).UpdateUserRequest(*change).Execute()
	check(err)
	same(client.SUSPENDED, updated.Data.GetStatus())
	same("unpaid", updated.Data.GetStatusReason())

	token, _, err := api.TokensAPI.CreateToken(ctx).CreateTokenRequest(*client.NewCreateTokenRequest(id)).Execute()
	check(err)
	same(id, token.Data.GetUser())
	same(true, strings.HasPrefix(token.Data.GetToken(), "ispcrm_"))

	invalid := client.NewCreateUserRequest()
	invalid.SetId(id + "-2")
	invalid.SetExpiration("2027-02-31")
	_, response, err := users.CreateUser(ctx).CreateUserRequest(*invalid).Execute()
	expect(400, "invalid_fields", response, err)
	_, response, err = connect("wrong").UsersAPI.GetUser(ctx, id).Execute()
	expect(401, "unauthorized", response, err)
	_, response, err = users.GetUser(ctx, id+"-missing").Execute()
	expect(404, "not_found", response, err)
	again := client.NewCreateUserRequest()
	again.SetId(id)
	_, response, err = users.CreateUser(ctx).CreateUserRequest(*again).Execute()
	expect(409, "already_exists", response, err)
}
