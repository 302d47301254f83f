// Nothing here is needed: every act is a link or a form. What follows makes them quicker.
document.documentElement.dataset.scripts = "";
