let isSigningIn = false;

function markToken(isWrong) {
  const field = $('admin-token');
  field.setAttribute('aria-invalid', String(isWrong));
  if (isWrong) {
    field.focus();
    field.select();
  }
}

function reveal(isShown) {
  $('admin-token').type = isShown ? 'text' : 'password';
  $('reveal').firstChild.data = isShown ? 'Hide' : 'Show';
}

/**
 * Returns what was pasted without what often comes along: the header's name and scheme, quotes, and characters that
 * nobody sees.
 */
function bare(pasted) {
  return pasted
    .replace(/[\p{Default_Ignorable_Code_Point}\p{Cf}]/gu, '')
    .replace(/^(?:["'`“”‘’\s]|(?:authorization|x-auth-token)\s*:|bearer\s)+|["'`“”‘’\s]+$/giu, '');
}

/** Says why a token is not enough for this page, if the API's root shows that it is not. */
function shortcoming(root) {
  if (!('create_token' in root)) {
    return (
      'This token is valid, but it is not an administrator’s: it cannot create tokens. ' +
      `Sign in with an administrator’s token. ${NEW_TOKEN_HELP}`
    );
  }
  if (!('list_users' in root)) {
    return (
      'This token can create tokens, but it cannot look up users, because it lacks the scope users:read. ' +
      'Sign in with an administrator’s token that has all scopes.'
    );
  }
  return '';
}

async function signIn() {
  if (isSigningIn) {
    return;
  }
  const token = bare($('admin-token').value);
  clearErrors();
  if (token === '') {
    complain('Paste an administrator’s token first.');
    markToken(true);
    return;
  }
  // `fetch` throws on a header with other characters, which would look like a broken connection.
  if (!/^[\x21-\x7e]+$/.test(token)) {
    explain(new Failure('refused', { status: 401 }), 'signIn');
    markToken(true);
    return;
  }
  isSigningIn = true;
  setBusy($('signin-button'), true);
  try {
    const isStarted = await startSession(token, (root) => {
      const problem = shortcoming(root);
      if (problem) {
        complain(problem);
      }
      $('find-button').hidden = !('list_tokens' in root);
      $('webhooks-button').hidden = !('list_webhooks' in root && 'test_webhook' in root);
      return !problem;
    });
    if (isStarted) {
      forgetToken();
      show('start');
    } else {
      markToken(true);
    }
  } catch (error) {
    report(error, 'signIn');
    markToken(isTokenRefused(error));
  } finally {
    isSigningIn = false;
    setBusy($('signin-button'), false);
  }
}

function forgetToken() {
  $('admin-token').value = '';
  markToken(false);
  reveal(false);
}

onSignOut(forgetToken);
$('signin-form').addEventListener('submit', (event) => {
  event.preventDefault();
  signIn();
});
$('admin-token').addEventListener('input', () => markToken(false));
$('reveal').addEventListener('click', () => reveal($('admin-token').type === 'password'));
