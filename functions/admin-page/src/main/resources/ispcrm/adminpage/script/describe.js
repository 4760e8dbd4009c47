const DESCRIPTION_MAX = 200;
const ADDRESSES_MAX = 20;

/** The element of each field of the request that this step asks for. */
const FIELDS = {
  description: $('description'),
  scopes: $('scopes'),
  expires_in_days: $('days'),
  allowed_ips: $('addresses'),
};

let spokenCount = 0;

const description = () =>
  $('description')
    .value.replace(/\p{Cc}+/gu, ' ')
    .trim();
const days = () => $('days').value.trim();
const scopes = () => [...$('scopes').querySelectorAll(':checked')].map((box) => box.value);
const addresses = () => $('addresses').value.split(/[\s,;]+/).filter(Boolean);

/** Returns what was asked for in this step, as fields of the request; what was left empty is absent. */
function draft() {
  return {
    ...(description() && { description: description() }),
    ...(scopes().length > 0 && { scopes: scopes() }),
    ...(days() && { expires_in_days: Number(days()) }),
    ...(addresses().length > 0 && { allowed_ips: addresses() }),
  };
}

/** Goes back to this step if an error of the API names one of its fields. Returns whether it did. */
function correct(failure) {
  const errors = fieldErrors(failure).filter(({ field }) => Object.hasOwn(FIELDS, text(field)));
  if (errors.length === 0) {
    return false;
  }
  show('describe');
  explain(failure, 'create');
  // The first error is the last to move the focus.
  errors.reverse().forEach(({ field, message }) => refuse(FIELDS[field], sentence(text(message))));
  return true;
}

const sentence = (words) => `${words.charAt(0).toUpperCase()}${words.slice(1)}.`;

function forgetDraft() {
  $('describe-form').reset();
  $('options').open = false;
  unmark();
  showCount();
}

/** Marks a field as wrong, with the reason below it, or as right if there is no reason. */
function mark(field, reason) {
  field.setAttribute('aria-invalid', String(reason !== ''));
  const shown = $(`${field.id}-error`);
  if (shown) {
    shown.textContent = reason;
  }
}

function unmark() {
  Object.values(FIELDS).forEach((field) => mark(field, ''));
}

function refuse(field, reason) {
  $('options').open ||= $('options').contains(field);
  mark(field, reason);
  (field === $('scopes') ? field.querySelector('input') : field).focus();
}

function showCount() {
  const left = DESCRIPTION_MAX - [...description()].length;
  const isOver = left < 0;
  $('description-count').textContent = isOver
    ? `${-left} over the maximum of ${DESCRIPTION_MAX} characters`
    : `${DESCRIPTION_MAX - left} of ${DESCRIPTION_MAX} characters`;
  $('description-count').classList.toggle('over', isOver);
  mark($('description'), isOver ? $('description-count').textContent : '');
  clearTimeout(spokenCount);
  // Spoken only near the end and when typing rests: a voice at every key would drown the typing.
  spokenCount = setTimeout(() => {
    $('description-spoken').textContent = left <= 20 ? $('description-count').textContent : '';
  }, 1000);
  return isOver;
}

/** Says what is wrong and where, or returns null. */
function mistake() {
  if (showCount()) {
    return [$('description'), `Shorten the description to ${DESCRIPTION_MAX} characters.`];
  }
  if (days() && !/^[1-9]\d{0,5}$/.test(days())) {
    return [$('days'), 'Enter the lifetime as a number of days, such as 30, or leave it empty.'];
  }
  if (addresses().length > ADDRESSES_MAX) {
    return [$('addresses'), `Enter at most ${ADDRESSES_MAX} addresses or blocks.`];
  }
  return null;
}

function next() {
  clearErrors();
  unmark();
  const wrong = mistake();
  if (wrong) {
    complain(wrong[1]);
    refuse(...wrong);
  } else {
    show('choose', $('user'));
  }
}

/** Offers the scopes that the administrator's own token has, because a new token cannot have others. */
function offerScopes() {
  const { scopes, narrowed } = ownToken();
  $('scopes-limit').hidden = narrowed !== true;
  for (const label of $('scope-boxes').children) {
    label.hidden = !texts(scopes).includes(label.control.value);
  }
}

$('scope-boxes').append(
  ...Object.entries(SCOPES).map(([scope, { words, roles }]) => {
    const box = element('input', []);
    box.type = 'checkbox';
    box.value = scope;
    const allows = element('span', ` ${words} (${roles.join(', ')})`, 'soft');
    return element('label', [box, element('span', [element('code', scope), allows])], 'choice');
  }),
);
onSignOut(forgetDraft);
onShow('describe', offerScopes);
$('description').addEventListener('input', () => {
  clearErrors();
  showCount();
});
for (const field of [$('scopes'), $('days'), $('addresses')]) {
  field.addEventListener('input', () => mark(field, ''));
}
$('describe-form').addEventListener('submit', (event) => {
  event.preventDefault();
  next();
});
