//! A person: signs up, confirms, signs in, and then whatever the dice say.

use anyhow::{Context, Result};
use benches::api::{Api, Outcome};
use benches::people::{self, Pool, Tokens, address, tokens};
use serde_json::{Value, json};

use crate::load::{Load, dice};
use crate::subjects::Step;
use crate::subjects::person::Step as Of;

/// The password people sign up with.
const PASSWORD: &str = "Corr3ct-horse!";
/// Things that happen to a person.
const HAPPENINGS: usize = 4;

struct Life<'a> {
    load: &'a Load,
    api: &'a mut Api,
    name: &'a str,
    password: String,
    email: String,
    tokens: Tokens,
    founder: bool,
}

/// One person from sign-up on.
pub fn live(load: &Load, api: &mut Api, name: &str) -> Result<()> {
    let (password, email) = (PASSWORD.to_owned(), address(name));
    let step = Of::SignUp { password: password.clone(), email: email.clone() };
    load.acknowledge(name, Step::Person(step), || people::sign_up(api, &load.pool, name, &password))?;
    if dice(6) == 0 {
        return Ok(()); // stays unconfirmed
    }
    let code = load.code(&email)?;
    let input = json!({"ClientId": load.pool.client, "Username": name, "ConfirmationCode": code});
    load.acknowledge(name, Step::Person(Of::Confirm { code }), || api.public("ConfirmSignUp", &input))?;
    let tokens = Tokens::default();
    let mut life = Life { load, api, name, password, email, tokens, founder: false };
    life.sign_in()?;
    for _ in 0..HAPPENINGS {
        if !life.something_happens()? {
            break;
        }
    }
    Ok(())
}

impl Life<'_> {
    /// Whether the person is there afterwards and can go on.
    fn something_happens(&mut self) -> Result<bool> {
        match dice(12) {
            0 => self.sign_in()?,
            1 => {
                people::refresh(self.api, &self.load.pool, &self.tokens.refresh)?.done()?;
            }
            2 => self.end_sign_ins()?,
            3 => self.set_password()?,
            4 => self.change_password()?,
            5 => self.recover()?,
            6 => self.change_attributes()?,
            7 => self.move_house()?,
            8 => self.rotate()?,
            9 => self.found_a_group()?,
            10 => return self.switch(),
            _ => {
                let user = self.admin_input();
                if dice(2) == 0 {
                    self.signed(Of::Delete, "AdminDeleteUser", &user)?;
                } else {
                    self.own(Of::Delete, "DeleteUser", json!({}))?;
                }
                return Ok(false);
            }
        }
        Ok(true)
    }

    fn sign_in(&mut self) -> Result<()> {
        let by_srp = dice(8) == 0;
        let step = |refresh, access| Of::SignIn { refresh, access };
        self.tokens = self.sign_in_through(&self.load.pool, by_srp, step)?;
        Ok(())
    }

    fn sign_in_through(&mut self, through: &Pool, by_srp: bool, step: fn(String, String) -> Of) -> Result<Tokens> {
        let (api, name, password) = (&mut *self.api, self.name, &self.password);
        self.load.ledger.step(name, Step::Person(step(String::new(), String::new())), || {
            let outcome = if by_srp {
                people::sign_in_by_srp(api, through, name, password)?
            } else {
                people::sign_in(api, through, name, password)?
            };
            let tokens = tokens(&outcome.done().with_context(|| format!("signing in {name}"))?)?;
            Ok((Step::Person(step(tokens.refresh.clone(), tokens.access.clone())), tokens))
        })
    }

    fn end_sign_ins(&mut self) -> Result<()> {
        match dice(3) {
            0 => {
                let input = json!({"ClientId": self.load.pool.client, "Token": self.tokens.refresh});
                self.public(Of::Revoke { refresh: self.tokens.refresh.clone() }, "RevokeToken", &input)?;
            }
            1 => self.own(Of::SignOut, "GlobalSignOut", json!({}))?,
            _ => self.signed(Of::AdminSignOut, "AdminUserGlobalSignOut", &self.admin_input())?,
        }
        self.sign_in()
    }

    fn next_password(&self) -> String {
        format!("{}-{}", PASSWORD, self.load.names.fetch_add(1, std::sync::atomic::Ordering::Relaxed))
    }

    fn set_password(&mut self) -> Result<()> {
        let password = self.next_password();
        let mut input = self.admin_input();
        extend(&mut input, json!({"Password": password, "Permanent": true}));
        self.signed(Of::SetPassword { password: password.clone() }, "AdminSetUserPassword", &input)?;
        self.password = password;
        self.sign_in()
    }

    fn change_password(&mut self) -> Result<()> {
        let password = self.next_password();
        let more = json!({"PreviousPassword": self.password, "ProposedPassword": password});
        self.own(Of::ChangePassword { password: password.clone() }, "ChangePassword", more)?;
        self.password = password;
        self.sign_in()
    }

    /// By a code that the person or the administrator asked for.
    fn recover(&mut self) -> Result<()> {
        self.load.sink.forget(&self.email);
        let (client, name) = (self.load.pool.client.clone(), self.name);
        if dice(3) == 0 {
            self.signed(Of::ResetPassword, "AdminResetUserPassword", &self.admin_input())?;
        } else {
            self.public(Of::Forgot, "ForgotPassword", &json!({"ClientId": client, "Username": name}))?;
        }
        let (code, password) = (self.load.code(&self.email)?, self.next_password());
        let input = json!({"ClientId": client, "Username": name, "ConfirmationCode": code, "Password": password});
        let step = Of::ConfirmForgot { code, password: password.clone() };
        self.public(step, "ConfirmForgotPassword", &input)?;
        self.password = password;
        self.sign_in()
    }

    fn change_attributes(&mut self) -> Result<()> {
        let value = format!("of {}", dice(100));
        let name = "name".to_owned();
        let given = json!({"UserAttributes": [{"Name": name, "Value": value}]});
        self.own(Of::Attribute { name: name.clone(), value: value.clone() }, "UpdateUserAttributes", given)?;
        let nickname = "nickname".to_owned();
        let mut input = self.admin_input();
        extend(&mut input, json!({"UserAttributes": [{"Name": nickname, "Value": value}]}));
        self.signed(Of::AdminAttribute { name: nickname, value }, "AdminUpdateUserAttributes", &input)?;
        if dice(2) == 0 {
            let gone = json!({"UserAttributeNames": [name]});
            self.own(Of::AttributeGone { name }, "DeleteUserAttributes", gone)?;
        }
        Ok(())
    }

    fn move_house(&mut self) -> Result<()> {
        // To the address somebody has already no code is sent.
        let mut houses = std::iter::repeat_with(|| format!("{}@moved{}.example", self.name, dice(100)));
        let address = houses.find(|address| *address != self.email).context("another house")?;
        self.load.sink.forget(&address);
        let given = json!({"UserAttributes": [{"Name": "email", "Value": address}]});
        self.own(Of::Email { address: address.clone() }, "UpdateUserAttributes", given)?;
        let code = self.load.code(&address)?;
        let more = json!({"AttributeName": "email", "Code": code});
        let step = Of::VerifyEmail { access: self.tokens.access.clone(), code };
        self.own(step, "VerifyUserAttribute", more)?;
        self.email = address;
        Ok(())
    }

    /// A sign-in whose refresh tokens replace one another; it lives, is revoked, or ends since a used one comes again.
    fn rotate(&mut self) -> Result<()> {
        let through = &self.load.rotating;
        let step = |refresh, access| Of::RotatingSignIn { refresh, access };
        let mut current = self.sign_in_through(through, false, step)?;
        let first = current.refresh.clone();
        for _ in 0..=dice(3) {
            let (api, old) = (&mut *self.api, current.refresh.clone());
            let turn = |new: &Tokens| {
                let (new, access) = (new.refresh.clone(), new.access.clone());
                Step::Person(Of::Turn { old: old.clone(), new, access })
            };
            let unknown = Tokens::default();
            current = self.load.ledger.step(self.name, turn(&unknown), || {
                let answer = people::turn(api, through, &old)?.done()?;
                let next = tokens(&answer)?;
                Ok((turn(&next), next))
            })?;
        }
        match dice(4) {
            0 => {
                let input = json!({"ClientId": through.client, "Token": current.refresh});
                self.public(Of::Revoke { refresh: current.refresh }, "RevokeToken", &input)
            }
            1 => self.reuse(&first),
            _ => Ok(()),
        }
    }

    /// The refusal is the acknowledgement: whoever hears of a reuse may take the sign-in for ended.
    fn reuse(&mut self, refresh: &str) -> Result<()> {
        let step = Step::Person(Of::Reused { refresh: refresh.to_owned() });
        let (api, through) = (&mut *self.api, &self.load.rotating);
        self.load.ledger.step(self.name, step.clone(), || {
            let outcome = people::turn(api, through, refresh)?;
            let told = outcome.refused_as() == Some("RefreshTokenReuseException");
            anyhow::ensure!(told, "a used refresh token: {outcome:?}");
            Ok((step, ()))
        })
    }

    /// Once in a life: the ledger keeps one group a person.
    fn found_a_group(&mut self) -> Result<()> {
        if self.founder {
            return Ok(());
        }
        let group = format!("team-{}", self.name);
        let description = format!("founded by {}", self.name);
        let named = json!({"UserPoolId": self.load.pool.id, "GroupName": group});
        let mut input = named.clone();
        extend(&mut input, json!({"Description": description}));
        self.signed(Of::GroupMade { group: group.clone(), description }, "CreateGroup", &input)?;
        let mut member = self.admin_input();
        extend(&mut member, named.clone());
        self.signed(Of::Join { group: group.clone() }, "AdminAddUserToGroup", &member)?;
        match dice(4) {
            0 => {}
            1 => self.signed(Of::Leave { group }, "AdminRemoveUserFromGroup", &member)?,
            2 => self.signed(Of::GroupGone { group }, "DeleteGroup", &named)?,
            _ => {
                self.signed(Of::Leave { group: group.clone() }, "AdminRemoveUserFromGroup", &member)?;
                self.signed(Of::GroupGone { group }, "DeleteGroup", &named)?;
            }
        }
        self.founder = true;
        Ok(())
    }

    fn switch(&mut self) -> Result<bool> {
        let user = self.admin_input();
        self.signed(Of::Disable, "AdminDisableUser", &user)?;
        if dice(2) == 0 {
            return Ok(false);
        }
        self.signed(Of::Enable, "AdminEnableUser", &user)?;
        self.sign_in()?;
        Ok(true)
    }

    fn admin_input(&self) -> Value {
        json!({"UserPoolId": self.load.pool.id, "Username": self.name})
    }

    /// With the person's access token.
    fn own(&mut self, step: Of, operation: &str, more: Value) -> Result<()> {
        let mut input = json!({"AccessToken": self.tokens.access});
        extend(&mut input, more);
        self.public(step, operation, &input)
    }

    fn public(&mut self, step: Of, operation: &str, input: &Value) -> Result<()> {
        let api = &mut *self.api;
        self.load.acknowledge(self.name, Step::Person(step), || -> Result<Outcome> { api.public(operation, input) })
    }

    fn signed(&mut self, step: Of, operation: &str, input: &Value) -> Result<()> {
        let api = &mut *self.api;
        self.load.acknowledge(self.name, Step::Person(step), || api.signed(operation, input))
    }
}

fn extend(input: &mut Value, more: Value) {
    if let (Some(input), Value::Object(more)) = (input.as_object_mut(), more) {
        input.extend(more);
    }
}
