// Walks the API with the client that oapi-codegen writes.
package main

import (
	"context"
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

func connect(token string) *client.ClientWithResponses {
	authorize := func(_ context.Context, request *http.Request) error {
		request.Header.Set("Authorization", "Bearer "+token)
		return nil
	}
	api, err := client.NewClientWithResponses(os.Getenv("ISPCRM_URL"), client.WithRequestEditorFn(authorize))
	check(err)
	return api
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

func to[T any](value T) *T { return &value }

func main() {
	ctx := context.Background()
	api := connect(os.Getenv("ISPCRM_TOKEN"))
	id := fmt.Sprintf("oapi-%d", time.Now().UnixNano())

	root, err := api.DiscoverRootWithResponse(ctx)
	check(err)
	same(true, root.JSON200.CreateUser != nil)

	first, err := api.ListUsersWithResponse(ctx, &client.ListUsersParams{Limit: to(1)})
	check(err)
	next, err := url.Parse(*first.JSON200.UnderscoreLinks.Next)
	check(err)
	second, err := api.ListUsersWithResponse(ctx, &client.ListUsersParams{Limit: to(1), Cursor: to(next.Query().Get("cursor"))})
	check(err)
	same(false, *first.JSON200.Users[0].Id == *second.JSON200.Users[0].Id)

	request := client.CreateUserRequest{
		Id: &id, Expiration: to("2027-03-31"), ActivatedAt: to("2025-03-31T12:00:00Z"), RadiusId: to(int64(3000000000)),
	}
	created, err := api.CreateUserWithResponse(ctx, nil, request)
	check(err)
	user := created.JSON201.Data
	same(int64(3000000000), *user.RadiusId)
	same("2027-03-31 00:00:00", *user.Expiration)
	same("2025-03-31 12:00:00", *user.ActivatedAt)
	read, err := api.GetUserWithResponse(ctx, id, nil)
	check(err)
	same(user, read.JSON200.Data)

	change := client.UpdateUserRequest{Status: to(client.StatusSuspended), StatusReason: to("unpaid")}
	updated, err := api.UpdateUserWithResponse(ctx, id, nil, change)
	check(err)
	same(client.StatusSuspended, updated.JSON200.Data.Status)
	same("unpaid", *updated.JSON200.Data.StatusReason)

	token, err := api.CreateTokenWithResponse(ctx, nil, client.CreateTokenRequest{User: id})
	check(err)
	same(id, token.JSON201.Data.User)
	same(true, strings.HasPrefix(*token.JSON201.Data.Token, "ispcrm_"))

	invalid, err := api.CreateUserWithResponse(ctx, nil, client.CreateUserRequest{Id: to(id + "-2"), Expiration: to("2027-02-31")})
	check(err)
	same(client.ApiErrorCodeInvalidFields, invalid.JSON400.Code)
	refused, err := connect("wrong").GetUserWithResponse(ctx, id, nil)
	check(err)
	same(client.ApiErrorCodeUnauthorized, refused.JSON401.Code)
	missing, err := api.GetUserWithResponse(ctx, id+"-missing", nil)
	check(err)
	same(client.ApiErrorCodeNotFound, missing.JSON404.Code)
	again, err := api.CreateUserWithResponse(ctx, nil, client.CreateUserRequest{Id: &id})
	check(err)
	same(client.ApiErrorCodeAlreadyExists, again.JSON409.Code)
}
