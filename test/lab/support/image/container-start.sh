#!/bin/sh
# First process of a container: HTTP and UDP echo.
# A host-mode container gives other ports, so that it does not take the host's.
/srv/udp-echo "${LAB_UDP_PORT:-53}" &
exec httpd -f -p "${LAB_HTTP_PORT:-80}" -h /www
