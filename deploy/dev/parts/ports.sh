# shellcheck shell=bash
# Free TCP ports on 127.0.0.1. They are taken from 15000-31999, below the range from which the kernel takes ports for
# outgoing connections: a server that is stopped and started again then finds its port still free.

# Does something listen on PORT? Only that counts: a server that was stopped leaves connections behind that are still
# closing, and servers may listen again all the same.
port_in_use() { # PORT
  local hex
  hex=$(printf '%04X' "$1")
  awk -v port="$hex" '{ n = split($2, a, ":"); if (a[n] == port && $4 == "0A") found = 1 } END { exit !found }' \
    /proc/net/tcp /proc/net/tcp6 2>/dev/null
}

port_free() { ! port_in_use "$1"; }

port_pick() { # prints a free port
  local port
  for _ in $(seq 100); do
    port=$((15000 + (RANDOM * 32768 + RANDOM) % 17000))
    if port_free "$port"; then
      printf '%s\n' "$port"
      return
    fi
  done
  die "no free port between 15000 and 31999"
}

# The port remembered in FILE when it is free, else a new one, which is then remembered.
port_remembered() { # FILE
  local port
  port=$(cat "$1" 2>/dev/null) || port=
  if ! [[ $port =~ ^[0-9]+$ ]] || port_in_use "$port"; then
    port=$(port_pick)
    mkdir -p "$(dirname "$1")"
    printf '%s\n' "$port" >"$1"
  fi
  printf '%s\n' "$port"
}

# Does something accept connections there? The subshell closes the connection at once.
port_answers() { (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }

# Does an HTTP server there answer 200 to GET PATH?
http_ok() { # PORT PATH
  local status
  status=$(
    exec 2>/dev/null 3<>"/dev/tcp/127.0.0.1/$1" || exit 1
    printf 'GET %s HTTP/1.0\r\nHost: 127.0.0.1\r\n\r\n' "$2" >&3
    timeout 5 head -n 1 <&3
  ) 2>/dev/null || return 1
  [[ $status == HTTP/1.?' 200'* ]]
}
