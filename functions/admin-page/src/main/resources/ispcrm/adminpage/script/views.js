const views = [...document.querySelectorAll('main > section')];
const steps = [...$('steps').children];

const preparations = {};

/** Registers what to do each time before this step is shown. */
function onShow(id, prepare) {
  (preparations[id] ??= []).push(prepare);
}

/** Shows one step instead of the current one, and moves the focus to `focus`, or to the step's title without it. */
function show(id, focus) {
  clearErrors();
  preparations[id]?.forEach((prepare) => prepare());
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
  const title = $(`${id}-title`);
  document.title = `${title.textContent} – ISPCRM`;
  (focus ?? title).focus();
  scrollTo(0, 0);
}
