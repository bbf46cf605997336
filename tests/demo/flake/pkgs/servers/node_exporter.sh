#!@shell@
# node_exporter --web.listen-address=ADDRESS:PORT: serves /metrics.
PATH=@busybox@/bin
listen=0.0.0.0:9100
for arg; do
  case $arg in
    --web.listen-address=*) listen=${arg#*=} ;;
    --collector.*|--no-collector.*|--path.*) ;;
    *) echo "node_exporter: error: unknown long flag '$arg', try --help" >&2; exit 1 ;;
  esac
done
dir=${RUNTIME_DIRECTORY:-/run/prometheus-node-exporter}
mkdir -p "$dir"
read -r load1 _ < /proc/loadavg
cat > "$dir/metrics" <<END
# HELP node_exporter_build_info A metric with a constant '1' value.
# TYPE node_exporter_build_info gauge
node_exporter_build_info{version="@version@"} 1
# HELP node_load1 1m load average.
# TYPE node_load1 gauge
node_load1 $load1
END
exec httpd -f -p "$listen" -h "$dir"
