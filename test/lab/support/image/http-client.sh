#!/bin/sh
# CGI: says which client address arrived here, and who answers.
printf 'Content-Type: text/plain\r\n\r\nclient=%s server=%s\n' "$REMOTE_ADDR" "${LAB_SERVER:-$(hostname)}"
