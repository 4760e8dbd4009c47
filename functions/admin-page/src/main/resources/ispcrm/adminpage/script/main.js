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

// A page kept for the Back button would keep the tokens with it.
addEventListener('pagehide', signOut);

signOut();
