(() => {
  'use strict';

  const DESCRIPTION_MAX = 200;
  const RESULTS = 20;
  const TYPING_PAUSE_MS = 250;
  const ANSWER_WITHIN_MS = 35_000;
  const USERNAME_START = /^[A-Za-z0-9][A-Za-z0-9._@+:-]{0,63}$/;
  const SCOPES = {
    'users:read': 'list and read users',
    'users:write': 'create users',
    'tokens:write': 'create tokens',
    'self:read': 'read that user’s own record',
  };
  const NEW_TOKEN_HELP =
    'If you have no other token, ask an administrator of the AWS account to run the function bootstrap-admin: ' +
    'it prints a new one.';

  // Relative to this page, whatever stage or path prefix it is served below. Links in answers are not followed: behind
  // a proxy they may name another host, which must not get the token.
  const API = new URL('../api/v1', location.origin + location.pathname.replace(/\/+$/, '')).href;

  const $ = (id) => document.getElementById(id);
  const views = [...document.querySelectorAll('main > section')];
  const steps = [...$('steps').children];

  // The administrator's token lives here and nowhere else.
  let session = null;

  class Failure extends Error {
    constructor(reason, details = {}) {
      super(reason);
      Object.assign(this, { reason, status: 0, answer: {}, requestId: '', retryAfter: '' }, details);
    }
  }

  const isObject = (value) => typeof value === 'object' && value !== null && !Array.isArray(value);
  const text = (value) => (typeof value === 'string' || typeof value === 'number' ? String(value) : '');

  function element(name, content, className) {
    const made = document.createElement(name);
    made.append(...(Array.isArray(content) ? content : [content]));
    if (className) {
      made.className = className;
    }
    return made;
  }

  // ---- Calls -------------------------------------------------------------------------------------------------------

  /** Rejects with a Failure that `explain` turns into words, or with the abort's reason when `signal` was aborted. */
  async function call(path, { token, signal, method = 'GET', body }) {
    const limit = new AbortController();
    const abort = () => limit.abort();
    const timer = setTimeout(abort, ANSWER_WITHIN_MS);
    signal.addEventListener('abort', abort);
    let response;
    let raw;
    try {
      signal.throwIfAborted();
      response = await fetch(API + path, {
        method,
        headers: {
          Accept: 'application/json',
          Authorization: `Bearer ${token}`,
          ...(body && { 'Content-Type': 'application/json' }),
        },
        body: body && JSON.stringify(body),
        cache: 'no-store',
        credentials: 'omit',
        redirect: 'error',
        signal: limit.signal,
      });
      raw = await response.text();
      signal.throwIfAborted();
    } catch {
      signal.throwIfAborted();
      throw new Failure('unreachable');
    } finally {
      clearTimeout(timer);
      signal.removeEventListener('abort', abort);
    }
    let answer = null;
    try {
      answer = JSON.parse(raw);
    } catch {
      // `answer` stays null, which is reported below.
    }
    const details = {
      status: response.status,
      requestId: text(answer?.request_id) || text(response.headers.get('X-Request-Id')),
      retryAfter: text(response.headers.get('Retry-After')),
    };
    if (!isObject(answer)) {
      throw new Failure('unreadable', details);
    }
    if (!response.ok) {
      throw new Failure('refused', { ...details, answer });
    }
    return answer;
  }

  const AGAIN = {
    signIn: 'press Sign in again',
    search: 'press Enter in the field to search again',
    create: 'choose the user again',
  };

  /** What the API lists as wrong with single fields, which says more than its message then does. */
  const faults = ({ status, answer }) =>
    status === 400 && Array.isArray(answer.errors) ? answer.errors.filter(isObject) : [];

  function pause(retryAfter) {
    const seconds = /^\d+$/.test(retryAfter)
      ? Number(retryAfter)
      : Math.ceil((Date.parse(retryAfter) - Date.now()) / 1000);
    if (!(seconds > 0)) {
      return 'Wait a minute';
    }
    return seconds === 1 ? 'Wait a second' : `Wait ${seconds} seconds`;
  }

  function instruction(failure, task) {
    const again = AGAIN[task];
    const said = text(failure.answer.message);
    const quoted = said && faults(failure).length === 0 ? ` The API says: “${said}”` : '';
    const unseen =
      task === 'create' && (failure.reason !== 'refused' || failure.status >= 500)
        ? ' If a token was created anyway, it was never shown and will expire unused.'
        : '';
    if (failure.reason === 'unreachable') {
      return `The server did not answer. Check your connection, then ${again}.${unseen}`;
    }
    if (failure.reason === 'unreadable') {
      const status = failure.status ? ` (HTTP status ${failure.status})` : '';
      return (
        `The response did not come from the ISPCRM API${status}; a proxy in between may have sent it. ` +
        `In a moment, ${again}. If that does not help, contact the operator of this system.${unseen}`
      );
    }
    switch (failure.status) {
      case 400:
        return task === 'create'
          ? `The token was not created.${quoted} Go back and change the description, or choose another user.`
          : `The API rejected the request.${quoted} Check what you typed, then ${again}.`;
      case 401:
        return (
          (task === 'signIn'
            ? 'This token is not valid, has expired or was revoked. Check that you pasted all of it and nothing else. '
            : 'Your token is no longer accepted: it has expired or was revoked. Sign in with another token. ') +
          NEW_TOKEN_HELP
        );
      case 403:
        return `Your token does not allow this.${quoted} Sign in with an administrator’s token that has all scopes.`;
      case 404:
        return task === 'create'
          ? 'This user no longer exists. Search again and choose another user.'
          : `No API was found at ${API}.${quoted} Check the address of this page.`;
      case 413:
        return `The request is too large.${quoted} Go back and shorten the description.`;
      case 429:
        return `Too many requests. ${pause(failure.retryAfter)}, then ${again}.`;
      default:
        return failure.status >= 500
          ? `The server failed. In a moment, ${again}. If that does not help, contact the operator of this system.${unseen}`
          : `The API rejected the request with status ${failure.status}.${quoted} Check your entries, then ${again}.`;
    }
  }

  function complain(message, requestId = '', errors = []) {
    const parts = [element('p', message)];
    const items = errors.map(({ field, message: wrong }) =>
      element('li', [field, wrong].map(text).filter(Boolean).join(': ')),
    );
    if (items.length > 0) {
      parts.push(element('ul', items));
    }
    if (requestId) {
      parts.push(element('p', ['Request id: ', element('code', requestId)], 'trace'));
    }
    $('alert').replaceChildren(...parts);
    $('alert').scrollIntoView({ block: 'nearest' });
  }

  const isTokenRefused = (error) => error.reason === 'refused' && error.status === 401;

  function explain(failure, task) {
    complain(instruction(failure, task), failure.requestId, faults(failure));
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

  // ---- Views -------------------------------------------------------------------------------------------------------

  function show(id, focus) {
    $('alert').replaceChildren();
    for (const view of views) {
      view.hidden = view.id !== id;
    }
    const now = steps.findIndex((step) => step.dataset.view === id);
    $('steps').hidden = now < 0;
    steps.forEach((step, index) => {
      step.classList.toggle('past', index < now);
      if (index === now) {
        step.setAttribute('aria-current', 'step');
      } else {
        step.removeAttribute('aria-current');
      }
    });
    $('sign-out').hidden = session === null;
    const title = $(`${id}-title`);
    document.title = `${title.textContent} – ISPCRM`;
    (focus ?? title).focus();
    scrollTo(0, 0);
  }

  function busy(button, isBusy) {
    button.setAttribute('aria-disabled', String(isBusy));
  }

  // What the first click of a double click brings onto the screen must not be hit by the second one.
  document.addEventListener(
    'click',
    (event) => {
      if (event.detail > 1 && event.target.closest('button')) {
        event.preventDefault();
        event.stopPropagation();
      }
    },
    true,
  );

  // ---- Sign in and out ---------------------------------------------------------------------------------------------

  let signingIn = false;

  function markToken(isWrong) {
    const field = $('admin-token');
    field.setAttribute('aria-invalid', String(isWrong));
    if (isWrong) {
      field.focus();
      field.select();
    }
  }

  function reveal(shown) {
    $('admin-token').type = shown ? 'text' : 'password';
    $('reveal').firstChild.data = shown ? 'Hide' : 'Show';
  }

  async function signIn() {
    if (signingIn) {
      return;
    }
    const token = $('admin-token').value.trim();
    $('alert').replaceChildren();
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
    signingIn = true;
    busy($('signin-button'), true);
    const life = new AbortController();
    try {
      const root = await call('', { token, signal: life.signal });
      if (!('create_token' in root)) {
        complain(
          'This token is valid, but it is not an administrator’s: it cannot create tokens. ' +
            `Sign in with an administrator’s token. ${NEW_TOKEN_HELP}`,
        );
        markToken(true);
      } else if (!('list_users' in root)) {
        complain(
          'This token can create tokens, but it cannot look up users, because it lacks the scope users:read. ' +
            'Sign in with an administrator’s token that has all scopes.',
        );
        markToken(true);
      } else {
        session = { token, life };
        forgetSignIn();
        show('start');
      }
    } catch (error) {
      report(error, 'signIn');
      markToken(isTokenRefused(error));
    } finally {
      signingIn = false;
      busy($('signin-button'), false);
    }
  }

  function forgetSignIn() {
    $('admin-token').value = '';
    markToken(false);
    reveal(false);
  }

  function signOut() {
    session?.life.abort();
    session = null;
    forgetSignIn();
    forgetDraft();
    forgetResult();
    show('signin', $('admin-token'));
  }

  $('signin-form').addEventListener('submit', (event) => {
    event.preventDefault();
    signIn();
  });
  $('admin-token').addEventListener('input', () => markToken(false));
  $('reveal').addEventListener('click', () => reveal($('admin-token').type === 'password'));
  $('sign-out').addEventListener('click', signOut);

  // A page kept for the Back button would keep the tokens with it.
  addEventListener('pagehide', signOut);

  // ---- Description -------------------------------------------------------------------------------------------------

  let spokenCount = 0;

  const description = () =>
    $('description')
      .value.replace(/\p{Cc}+/gu, ' ')
      .trim();

  function showCount() {
    const left = DESCRIPTION_MAX - [...description()].length;
    const isOver = left < 0;
    $('description-count').textContent = isOver
      ? `${-left} over the maximum of ${DESCRIPTION_MAX} characters`
      : `${DESCRIPTION_MAX - left} of ${DESCRIPTION_MAX} characters`;
    $('description-count').classList.toggle('over', isOver);
    $('description').setAttribute('aria-invalid', String(isOver));
    clearTimeout(spokenCount);
    // Spoken only near the end and when typing rests: a voice at every key would drown the typing.
    spokenCount = setTimeout(() => {
      $('description-spoken').textContent = left <= 20 ? $('description-count').textContent : '';
    }, 1000);
    return isOver;
  }

  function forgetDraft() {
    $('description').value = '';
    showCount();
    closeSearch();
  }

  $('description').addEventListener('input', () => {
    $('alert').replaceChildren();
    showCount();
  });
  $('start-button').addEventListener('click', () => show('describe', $('description')));
  $('describe-back').addEventListener('click', () => show('start', $('start-button')));
  $('describe-form').addEventListener('submit', (event) => {
    event.preventDefault();
    $('alert').replaceChildren();
    if (showCount()) {
      complain(`Shorten the description to ${DESCRIPTION_MAX} characters.`);
      $('description').focus();
      return;
    }
    $('choose-facts').hidden = description() === '';
    $('choose-description').textContent = description();
    closeSearch();
    show('choose', $('user'));
  });

  // ---- The user: a combobox as in the WAI-ARIA Authoring Practices -------------------------------------------------

  const input = $('user');
  const list = $('users');
  let users = [];
  let active = -1;
  let typing = 0;
  let searching = null;
  let creating = false;
  // An arrow key that was pressed before the results were there.
  let pendingMove = null;

  const typed = () => input.value.trim();
  const isSearching = () => list.getAttribute('aria-busy') === 'true';
  const note = (message) => ($('user-note').textContent = message);

  function closeList() {
    users = [];
    activate(-1);
    pendingMove = null;
    list.hidden = true;
    list.replaceChildren();
    list.setAttribute('aria-busy', 'false');
    input.setAttribute('aria-expanded', 'false');
  }

  function stopSearch() {
    clearTimeout(typing);
    searching?.abort();
    closeList();
    note('');
  }

  function closeSearch() {
    stopSearch();
    input.value = '';
  }

  function activate(index) {
    active = index;
    [...list.children].forEach((option, at) => option.setAttribute('aria-selected', String(at === index)));
    if (index < 0) {
      input.removeAttribute('aria-activedescendant');
    } else {
      input.setAttribute('aria-activedescendant', list.children[index].id);
      list.children[index].scrollIntoView({ block: 'nearest' });
    }
  }

  const spoken = (words) => element('span', words, 'unseen');

  function option(user, index, start) {
    const username = text(user.username);
    const status = text(user.status);
    const matched = username.toLowerCase().startsWith(start.toLowerCase()) ? start.length : 0;
    const made = element('li', [
      element(
        'span',
        [
          element('span', text(user.name) || username, 'name'),
          element(
            'span',
            [
              element('span', [
                spoken(', username '),
                element('b', username.slice(0, matched)),
                username.slice(matched),
              ]),
              element('span', [spoken(', customer '), text(user.customer_id)]),
            ],
            'ids',
          ),
        ],
        'who',
      ),
      element('span', [spoken(', '), status], status === 'active' ? 'badge active' : 'badge'),
    ]);
    made.id = `user-${index}`;
    made.setAttribute('role', 'option');
    made.setAttribute('aria-selected', 'false');
    // The keys stay with the field.
    made.addEventListener('mousedown', (event) => event.preventDefault());
    made.addEventListener('click', () => create(user));
    return made;
  }

  function found(answer, start) {
    const awaited = pendingMove;
    closeList();
    users = answer.users.filter(isObject);
    if (users.length === 0) {
      note(start === '' ? 'There are no users yet.' : `No username starts with “${start}”.`);
      return;
    }
    list.replaceChildren(...users.map((user, index) => option(user, index, start)));
    list.hidden = false;
    list.scrollTop = 0;
    input.setAttribute('aria-expanded', 'true');
    const hasMore = isObject(answer._links) && 'next' in answer._links;
    const many = users.length === 1 ? '1 user' : `${users.length} users`;
    note(
      hasMore
        ? `The first ${many}. More users match: type more of the username.`
        : `${many}. Click one, or use the arrow keys and Enter.`,
    );
    if (awaited) {
      move(awaited);
    }
  }

  async function search() {
    clearTimeout(typing);
    searching?.abort();
    const start = typed();
    const mine = (searching = new AbortController());
    const { token, life } = session;
    const stop = () => mine.abort();
    life.signal.addEventListener('abort', stop);
    list.setAttribute('aria-busy', 'true');
    // Quick answers replace the note at once; only a slow one is worth announcing.
    const slow = setTimeout(() => note('Searching…'), 500);
    try {
      const query = new URLSearchParams({ ...(start && { q: start }), limit: String(RESULTS) });
      const answer = await call(`/users?${query}`, { token, signal: mine.signal });
      if (!Array.isArray(answer.users)) {
        throw new Failure('unreadable');
      }
      $('alert').replaceChildren();
      found(answer, start);
    } catch (error) {
      if (!mine.signal.aborted) {
        closeList();
        note('');
      }
      report(error, 'search');
    } finally {
      clearTimeout(slow);
      life.signal.removeEventListener('abort', stop);
    }
  }

  /** Searches now, or after a pause in the typing; what cannot begin a username is answered here. */
  function look(delay) {
    clearTimeout(typing);
    searching?.abort();
    activate(-1);
    const start = typed();
    if (start !== '' && !USERNAME_START.test(start)) {
      closeList();
      $('alert').replaceChildren();
      note(
        /\s/.test(start)
          ? `No username starts with “${start}”: usernames have no spaces. Names are not searched.`
          : `No username starts with “${start}”: use letters, digits and . _ @ + : - after a letter or digit.`,
      );
      return;
    }
    list.setAttribute('aria-busy', 'true');
    typing = setTimeout(search, delay);
  }

  function move(where) {
    const last = users.length - 1;
    const to = { first: 0, last, next: active >= last ? 0 : active + 1, previous: active <= 0 ? last : active - 1 };
    activate(to[where]);
  }

  function arrow(where, whereFromClosed) {
    if (isSearching()) {
      pendingMove = whereFromClosed;
    } else if (list.hidden) {
      look(0);
      pendingMove = whereFromClosed;
    } else {
      move(where);
    }
  }

  const KEYS = {
    ArrowDown: () => arrow('next', 'first'),
    ArrowUp: () => arrow('previous', 'last'),
    Home: () => active >= 0 && move('first'),
    End: () => active >= 0 && move('last'),
    Enter: () => {
      if (active >= 0) {
        create(users[active]);
      } else if (list.hidden || isSearching()) {
        look(0);
      } else {
        note('Choose a user with the arrow keys, then press Enter.');
      }
    },
    Escape: () => {
      if (list.hidden) {
        closeSearch();
      } else {
        stopSearch();
      }
    },
  };

  input.addEventListener('input', () => {
    if (typed() === '') {
      closeSearch();
    } else {
      pendingMove = null;
      look(TYPING_PAUSE_MS);
    }
  });
  input.addEventListener('keydown', (event) => {
    // An input method uses the same keys to pick its own candidates.
    if (event.isComposing || event.ctrlKey || event.metaKey || event.shiftKey) {
      return;
    }
    const act = KEYS[event.key];
    if (act && !creating && act() !== false) {
      event.preventDefault();
    }
  });
  input.addEventListener('click', () => {
    if (list.hidden && typed() === '' && !creating) {
      look(0);
    }
  });
  $('choose-back').addEventListener('click', () => {
    if (!creating) {
      closeSearch();
      show('describe', $('description'));
    }
  });

  async function create(user) {
    if (creating) {
      return;
    }
    creating = true;
    input.readOnly = true;
    list.setAttribute('aria-busy', 'true');
    $('alert').replaceChildren();
    note(`Creating the token for ${text(user.name) || text(user.username)}…`);
    const { token, life } = session;
    const about = description();
    try {
      const answer = await call('/tokens', {
        token,
        signal: life.signal,
        method: 'POST',
        body: { user: user.id, ...(about && { description: about }) },
      });
      if (!isObject(answer.data) || text(answer.data.token) === '') {
        throw new Failure('unreadable');
      }
      showResult(answer.data, user);
    } catch (error) {
      list.setAttribute('aria-busy', 'false');
      note('');
      report(error, 'create');
    } finally {
      creating = false;
      input.readOnly = false;
    }
  }

  // ---- The new token -----------------------------------------------------------------------------------------------

  function expiry(value) {
    const parts = /^(\d{4}-\d\d-\d\d)[ T](\d\d:\d\d:\d\d)/.exec(value);
    const moment = parts ? new Date(`${parts[1]}T${parts[2]}Z`) : new Date(NaN);
    if (Number.isNaN(moment.getTime())) {
      return value || 'not stated';
    }
    const format = { dateStyle: 'long', timeStyle: 'short', timeZone: 'UTC' };
    const days = Math.round((moment - Date.now()) / 86_400_000);
    const made = element('time', `${moment.toLocaleString('en-GB', format)} UTC`);
    made.dateTime = moment.toISOString();
    return [made, days === 1 ? ' (in 1 day)' : ` (in ${days} days)`];
  }

  function showResult(data, user) {
    const token = text(data.token);
    const about = text(data.description);
    const name = text(user.name) || text(user.username);
    const ids = [`username ${text(user.username)}`, `customer ${text(user.customer_id)}`];
    if (user.id !== user.username) {
      ids.push(`id ${text(user.id)}`);
    }
    forgetDraft();
    $('new-token').value = token;
    $('curl').value = `curl -H 'Authorization: Bearer ${token}' ${API}`;
    $('done-user').replaceChildren(element('b', name), element('br', []), element('span', ids.join(', '), 'soft'));
    $('done-described').hidden = about === '';
    $('done-description').textContent = about;
    $('done-scopes').replaceChildren(
      ...(Array.isArray(data.scopes) ? data.scopes : []).map(text).map((scope) => {
        const words = Object.hasOwn(SCOPES, scope) ? `: ${SCOPES[scope]}` : '';
        return element('li', [element('code', scope), words]);
      }),
    );
    $('done-expires').replaceChildren(...[expiry(text(data.expires_at))].flat());
    show('done');
    fit();
  }

  /** Makes the fields as high as what they hold, so that all of it is seen. */
  function fit() {
    for (const field of [$('new-token'), $('curl')]) {
      field.rows = 1;
      while (field.scrollHeight > field.clientHeight && field.rows < 30) {
        field.rows += 1;
      }
    }
  }

  function forgetResult() {
    for (const field of [$('new-token'), $('curl')]) {
      field.value = '';
    }
    for (const fact of ['done-user', 'done-description', 'done-scopes', 'done-expires', 'copy-note']) {
      $(fact).replaceChildren();
    }
  }

  async function copy(field, button, what) {
    try {
      await navigator.clipboard.writeText(field.value);
      $('copy-note').textContent = `Copied ${what}.`;
      button.firstChild.data = 'Copied';
      setTimeout(() => (button.firstChild.data = 'Copy'), 2000);
    } catch {
      // No clipboard over plain HTTP, or it was not allowed.
      field.focus();
      field.select();
      $('copy-note').textContent =
        'The browser does not allow this page to copy. The text is selected: press Ctrl+C, or ⌘C on a Mac.';
      $('copy-note').scrollIntoView({ block: 'nearest' });
    }
  }

  for (const field of [$('new-token'), $('curl')]) {
    field.addEventListener('focus', () => field.select());
  }
  $('copy-token').addEventListener('click', () => copy($('new-token'), $('copy-token'), 'the token'));
  $('copy-curl').addEventListener('click', () => copy($('curl'), $('copy-curl'), 'the curl line'));
  $('another').addEventListener('click', () => {
    forgetResult();
    show('start', $('start-button'));
  });
  addEventListener('resize', fit);

  signOut();
})();
