const MINUTE_MS = 60_000;
const WARNING_MINUTES = 10;

// The administrator's token lives here and nowhere else.
let session = null;
const forgetters = [];

/** Registers what signing out must also remove from the page. */
function onSignOut(forget) {
  forgetters.push(forget);
}

/**
 * Calls the API with a token, and starts a session with that token if `isAccepted` returns true for the response's
 * JSON.
 */
async function startSession(token, isAccepted) {
  const life = new AbortController();
  const { json, tokenExpiresAt } = await call('', { token, signal: life.signal });
  if (!isAccepted(json)) {
    return false;
  }
  const { data: own } = (await call('/tokens/self', { token, signal: life.signal })).json;
  if (!isObject(own) || text(own.id) === '') {
    throw new Failure('unreadable');
  }
  session = { token, own, life, endsAt: null, warned: false };
  $('sign-out').hidden = false;
  setEnd(tokenExpiresAt);
  return true;
}

/**
 * Calls the API with the session's token, and returns the response's JSON. Rejects as `call` does; signing out aborts
 * the call.
 */
async function request(path, { signal, method, body } = {}) {
  const { token, life } = session;
  const both = signal ? AbortSignal.any([life.signal, signal]) : life.signal;
  const { json, tokenExpiresAt } = await call(path, { token, signal: both, method, body });
  setEnd(tokenExpiresAt);
  return json;
}

/** Returns what the API says about the token with which the administrator signed in. */
const ownToken = () => session.own;

function setEnd(tokenExpiresAt) {
  if (parseTime(tokenExpiresAt)) {
    session.endsAt = tokenExpiresAt;
  }
  showEnd();
}

/** Shows when the session ends; the clock of this computer decides only about the words, not about the access. */
function showEnd() {
  $('session').hidden = !session?.endsAt;
  if ($('session').hidden) {
    $('session').replaceChildren();
    $('session-warning').textContent = '';
    return;
  }
  const minutes = Math.ceil((parseTime(session.endsAt) - Date.now()) / MINUTE_MS);
  const isSoon = minutes <= WARNING_MINUTES;
  $('session').classList.toggle('soon', isSoon);
  $('session').replaceChildren(isSoon ? remaining(minutes) : 'Session ends ', shownTime(session.endsAt));
  if (isSoon && !session.warned) {
    session.warned = true;
    $('session-warning').textContent = `${remaining(minutes)}sign in with another token.`;
  }
}

function remaining(minutes) {
  if (minutes <= 0) {
    return 'Your session has ended: ';
  }
  return `Session ends in ${minutes === 1 ? '1 minute' : `${minutes} minutes`}: `;
}

setInterval(() => session && showEnd(), MINUTE_MS / 4);

/** Removes both tokens and everything that was typed or shown, and asks for a token. */
function signOut() {
  session?.life.abort();
  session = null;
  $('sign-out').hidden = true;
  showEnd();
  forgetters.forEach((forget) => forget());
  show('signin', $('admin-token'));
}

/** Shows a failure, and signs out first if the token is no longer valid. An aborted call shows nothing. */
function report(error, task) {
  if (error instanceof Failure) {
    if (isTokenRefused(error) && task !== 'signIn') {
      signOut();
    }
    explain(error, task);
  } else if (error.name !== 'AbortError') {
    reportError(error);
    complain('Something went wrong on this page. Reload it, then sign in again.');
  }
}

$('sign-out').addEventListener('click', signOut);
