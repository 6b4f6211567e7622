package oauthprovider

import "cmp"

// UsePages sets the pages that are not set to those of the server: package config calls it
// if the server has pages.
func (o *Options) UsePages(path string) {
	o.LoginPage = cmp.Or(o.LoginPage, path+"/sign-in")
	o.ConsentPage = cmp.Or(o.ConsentPage, path+"/consent")
	o.SelectAccount.Page = cmp.Or(o.SelectAccount.Page, path+"/select-account")
	o.Signup.Page = cmp.Or(o.Signup.Page, path+"/sign-up")
}
