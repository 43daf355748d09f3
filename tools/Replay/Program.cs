// The replay of an outbreak comes here.
return;
