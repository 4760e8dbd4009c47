$('start-button').addEventListener('click', () => show('describe', $('description')));
$('describe-back').addEventListener('click', () => show('start', $('start-button')));
$('find-button').addEventListener('click', () => show('find', $('owner')));
$('find-back').addEventListener('click', () => show('start', $('find-button')));
