const RESULTS = 20;
const TYPING_PAUSE_MS = 250;
const USERNAME_START = /^[A-Za-z0-9][A-Za-z0-9._@+:-]{0,63}$/;

/** Returns the name by which a person knows a user. */
const nameOf = (user) => text(user.name) || text(user.username);

/**
 * Makes a field and a list into a combobox of users, as in the WAI-ARIA Authoring Practices.
 *
 * @param input the field
 * @param list the list of the users found
 * @param status the element that says how many were found
 * @param choose is called with the chosen user and a function that shows a note. The field is locked until the promise
 *     that it returns settles.
 */
function userPicker(input, list, status, choose) {
  let users = [];
  let active = -1;
  let typing = 0;
  let searching = null;
  let isLocked = false;
  // An arrow key that was pressed before the results were there.
  let pendingMove = null;

  const typed = () => input.value.trim();
  const isSearching = () => list.getAttribute('aria-busy') === 'true';
  const note = (message) => (status.textContent = message);

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

  function reset() {
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

  function option(user, index, start) {
    const username = text(user.username);
    const state = text(user.status);
    const matched = username.toLowerCase().startsWith(start.toLowerCase()) ? start.length : 0;
    const made = element('li', [
      element(
        'span',
        [
          element('span', nameOf(user), 'name'),
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
      element('span', [spoken(', '), state], state === 'active' ? 'badge active' : 'badge'),
    ]);
    made.id = `${list.id}-${index}`;
    made.setAttribute('role', 'option');
    made.setAttribute('aria-selected', 'false');
    // The keys stay with the field.
    made.addEventListener('mousedown', (event) => event.preventDefault());
    made.addEventListener('click', () => pick(user));
    return made;
  }

  function found(json, start) {
    const awaited = pendingMove;
    closeList();
    users = json.users.filter(isObject);
    if (users.length === 0) {
      note(start === '' ? 'There are no users yet.' : `No username starts with “${start}”.`);
      return;
    }
    list.replaceChildren(...users.map((user, index) => option(user, index, start)));
    list.hidden = false;
    list.scrollTop = 0;
    input.setAttribute('aria-expanded', 'true');
    const hasMore = isObject(json._links) && 'next' in json._links;
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
    list.setAttribute('aria-busy', 'true');
    // Quick responses replace the note at once; only a slow one is worth announcing.
    const slow = setTimeout(() => note('Searching…'), 500);
    try {
      const query = new URLSearchParams({ ...(start && { q: start }), limit: String(RESULTS) });
      const json = await request(`/users?${query}`, { signal: mine.signal });
      if (!Array.isArray(json.users)) {
        throw new Failure('unreadable');
      }
      clearErrors();
      found(json, start);
    } catch (error) {
      if (!mine.signal.aborted) {
        closeList();
        note('');
      }
      report(error, 'search');
    } finally {
      clearTimeout(slow);
    }
  }

  /** Searches now, or after a pause in the typing. What no username can start with is not sent to the API. */
  function look(delay) {
    clearTimeout(typing);
    searching?.abort();
    activate(-1);
    const start = typed();
    if (start !== '' && !USERNAME_START.test(start)) {
      closeList();
      clearErrors();
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

  async function pick(user) {
    if (isLocked) {
      return;
    }
    isLocked = true;
    input.readOnly = true;
    list.setAttribute('aria-busy', 'true');
    clearErrors();
    try {
      await choose(user, note);
    } finally {
      isLocked = false;
      input.readOnly = false;
      list.setAttribute('aria-busy', 'false');
      note('');
    }
  }

  const KEYS = {
    ArrowDown: () => arrow('next', 'first'),
    ArrowUp: () => arrow('previous', 'last'),
    Home: () => active >= 0 && move('first'),
    End: () => active >= 0 && move('last'),
    Enter: () => {
      if (active >= 0) {
        pick(users[active]);
      } else if (list.hidden || isSearching()) {
        look(0);
      } else {
        note('Choose a user with the arrow keys, then press Enter.');
      }
    },
    Escape: () => {
      if (list.hidden) {
        reset();
      } else {
        stopSearch();
      }
    },
  };

  input.addEventListener('input', () => {
    if (typed() === '') {
      reset();
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
    if (act && !isLocked && act() !== false) {
      event.preventDefault();
    }
  });
  input.addEventListener('click', () => {
    if (list.hidden && typed() === '' && !isLocked) {
      look(0);
    }
  });

  return { reset, isLocked: () => isLocked };
}
