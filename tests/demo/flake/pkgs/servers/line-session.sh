#!@shell@
# One connection to @server@: answers each line.
while read -r -t 30 line; do
  case $line in
    PING*|ping*) printf '+PONG\r\n' ;;
    QUIT*|quit*) printf '+OK\r\n'; exit 0 ;;
    *) printf '+@server@ @version@\r\n' ;;
  esac
done
