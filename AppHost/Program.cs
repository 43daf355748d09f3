// The city on one page comes here.
return;
