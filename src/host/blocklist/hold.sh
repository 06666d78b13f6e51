# What the jail's action runs, as root, where fail2ban is: it holds the sets of the newest list in force, and writes
# down how that goes. For dash, bash and busybox. It stands in an INI file, where a blank before a semicolon begins a
# comment. Set before it: dir, chains, list_file, status_file, file_mark, end_mark, live4, live6, next4, next6, most.

umask 022
export LC_ALL=C
set -f
every_chain='INPUT FORWARD DOCKER-USER'

# Called once a start of the jail; only here does a person see at once what fails.
start() {
    if ! cd "$dir" || ! [ -w . ]; then
        echo "fail2ban cannot write to $dir. It must see this folder of BanGUI under the same path." >&2
        exit 1
    fi
    rm -f ended
    in_background
}

# Called at every reload, on the thread of fail2ban's socket: it must return at once, and a failure would end the reload.
reload() {
    cd "$dir" || exit 0
    in_background
}

in_background() {
    (hold) < /dev/null > /dev/null 2>&1 &
}

hold() {
    begin
    # The jail has ended while this waited for its turn.
    if [ -e ended ]; then return; fi
    if [ -z "$locked" ]; then
        # Two restores at a time leave parts of two lists.
        failed 'flock is missing where fail2ban runs. Install util-linux there.'
    elif ! there ipset; then
        failed 'ipset is missing where fail2ban runs. Install the package ipset there.'
    elif ! there iptables; then
        failed 'iptables is missing where fail2ban runs. Install the package iptables there.'
    else
        make_sets
        put_rules
        load
    fi
    write_down
}

# Called when the jail ends; waits for a restore under way.
stop() {
    if cd "$dir"; then
        rm -f ended
        (set -C && : > ended)
        begin
    fi
    take_all_away 2> /dev/null
    forget
    state=empty counting_since=
    cd "$dir" && write_down
    ! has_set "$live4" && ! has_set "$live6" && return
    echo "The sets $live4 and $live6 are used by other rules too, and stay." >&2
    exit 1
}

take_all_away() {
    for version in 4 6; do
        name_parts
        there "$tables" || continue
        for chain in $every_chain; do
            while rule -D; do :; done
        done
    done
    drop_next
    # The kernel lets go of a set some time after the last rule about it.
    tries=0
    while has_set "$live4" || has_set "$live6"; do
        ipset destroy "$live4"
        ipset destroy "$live6"
        tries=$((tries + 1))
        [ "$tries" -lt 100 ] || return
        sleep 0.1
    done
}

begin() {
    now=$(date +%s)
    error= state=empty lost= locked=
    if there flock; then
        # The folder itself is what is locked: no file in it could be put in the way.
        exec 9< .
        flock 9 && locked=yes
    fi
    remember
    look_around
    tried=
    [ -f "$list_file" ] || return 0
    # Read through one open file: a newer one may take its name meanwhile.
    exec 8< "$list_file"
    IFS= read -r first <&8
    case $first in
        "$file_mark "*) tried=${first#"$file_mark "};;
    esac
    case $tried in
        *[!A-Za-z0-9._-]*) tried=;;
    esac
}

# What was written down the last time and still holds.
remember() {
    id= loaded_at= counting_since=
    [ -f "$status_file" ] || return 0
    while IFS= read -r line; do
        case $line in
            id=*) id=${line#*=};;
            loaded_at=*) loaded_at=${line#*=};;
            counting_since=*) counting_since=${line#*=};;
        esac
    done < "$status_file"
}

make_sets() {
    if ! has_set "$live4" || ! has_set "$live6"; then
        # After a restart of the machine; also when this ends half-way, nothing may say that a list is loaded.
        forget
        state=loading
        write_down
    fi
    for version in 4 6; do
        name_parts
        has_set "$live" || try 'ipset create' ipset create "$live" hash:net family "$family" maxelem "$most"
    done
}

put_rules() {
    for version in 4 6; do
        name_parts
        # Without IPv6 in the kernel nothing comes by it.
        if [ "$version" = 6 ] && ! [ -e /proc/net/if_inet6 ]; then continue; fi
        if ! there "$tables"; then lost="$lost $tables"; continue; fi
        for chain in $chains; do
            if rule -C || ! has_chain; then continue; fi
            try "$tables -I $chain" rule -I && counting_since=$now
        done
    done
}

load() {
    if ! [ -e "$list_file" ]; then state=empty; return; fi
    set -- $(tail -n 1 /proc/self/fd/8)
    if [ -z "$tried" ] || [ "$#" != 4 ] || [ "$1 $2" != "$end_mark" ]; then
        failed "$list_file is not whole, or is no file of BanGUI."
        return
    fi
    want4=$3 want6=$4
    state=loaded
    if [ "$id" = "$tried" ] && holds_all; then return; fi
    forget
    state=loading
    write_down
    drop_next
    if ! try 'ipset restore' ipset restore <&8; then drop_next; return; fi
    if holds_all; then
        id=$tried state=loaded loaded_at=$(date +%s)
    else
        failed "The sets hold $(entries "$live4") and $(entries "$live6") entries, the list has $want4 and $want6."
    fi
}

holds_all() {
    [ "$(entries "$live4")" -ge "$want4" ] && [ "$(entries "$live6")" -ge "$want6" ]
}

drop_next() {
    ipset destroy "$next4"
    ipset destroy "$next6"
}

forget() {
    id= loaded_at=
}

name_parts() {
    live=$live4 next=$next4 family=inet tables=iptables
    if [ "$version" = 6 ]; then live=$live6 next=$next6 family=inet6 tables=ip6tables; fi
}

rule() {
    "$tables" -w "$1" "$chain" -m set --match-set "$live" src -j DROP
}

# INPUT always is; what fails there is told. Docker's chain comes and goes with Docker.
has_chain() {
    [ "$chain" = INPUT ] || "$tables" -w -n -L "$chain"
}

has_set() {
    ipset list -t "$1" > /dev/null 2>&1
}

entries() {
    set -- $(ipset list -t "$1" 2> /dev/null | grep '^Number of entries:')
    echo "${4:-0}"
}

there() {
    command -v "$1" > /dev/null 2>&1
}

# What it is called, and the command.
try() {
    called=$1
    shift
    problem=$("$@" 2>&1) && return
    failed "$called ended with $?: $(echo "$problem" | tr -c '[:print:]' ' ' | cut -c 1-300)"
    return 1
}

failed() {
    state=failed
    error=${error:-$1}
}

count_hits() {
    packets=0 bytes=0 chains_there=
    for version in 4 6; do
        name_parts
        there "$tables" || continue
        for chain in $every_chain; do
            listing=$("$tables" -w -n -v -x -L "$chain" 2> /dev/null) || continue
            [ "$version" = 6 ] || chains_there="$chains_there $chain"
            set -- $(echo "$listing" | grep -m 1 -F "match-set $live src")
            if [ "$#" -ge 2 ]; then packets=$((packets + $1)) bytes=$((bytes + $2)); fi
        done
    done
}

look_around() {
    there ip || lost="$lost ip"
    own=$(ip -o addr | head -n 500 | while read -r number device kind address rest; do echo "${address%/*}"; done)
    gateways=$({ ip route; ip -6 route; } | head -n 1000 |
        sed -n 's/.* via \(inet6 \)\{0,1\}\([0-9A-Fa-f.:]*\).*/\2/p' | sort -u | head -n 100)
    resolvers=$(sed -n 's/^nameserver[[:space:]]\{1,\}\([0-9A-Fa-f.:]*\).*/\1/p' \
        /etc/resolv.conf /run/systemd/resolve/resolv.conf | sort -u | head -n 20)
} 2> /dev/null

# To a file of its own first, so that nobody reads a part; never through a link that somebody has put there.
write_down() {
    [ -z "$error" ] || state=failed
    count_hits
    rm -f "$status_file.new"
    if (set -C && words > "$status_file.new") && mv -f "$status_file.new" "$status_file"; then return; fi
    # A full disk. What it says by now may be wrong.
    rm -f "$status_file.new" "$status_file"
}

words() {
    cat << END
id=$id
tried=$tried
state=$state
error=$error
entries_v4=$(entries "$live4")
entries_v6=$(entries "$live6")
loaded_at=$loaded_at
packets=$packets
bytes=$bytes
counting_since=$counting_since
counted_at=$now
own=$(echo $own)
gateways=$(echo $gateways)
resolvers=$(echo $resolvers)
chains=$(echo $chains_there)
ipset=$(ipset version 2> /dev/null | sed -n 's/^ipset v\([0-9.]*\).*/\1/p')
lost=$(echo $lost)
END
}
